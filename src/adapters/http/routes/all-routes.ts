import { getBuild, getBuildOfVersion, getRequestedBuild, listBuilds } from './build-routes.js';
import {
  adoptWorkflow,
  assignBuild,
  cancelBuild,
  retryBuild,
  retryBuilds,
  undoAdoption,
} from './command-routes.js';
import { listDeadLetters, redriveDeadLetters } from './dead-letter-routes.js';
import { getDocument } from './document-route.js';
import { streamBuildEvents } from './event-route.js';
import { getHealth, getStats } from './health-routes.js';
import { previewBuildOfProject, previewBuildOfVersion } from './prerequisite-routes.js';
import { patchStatus, requestBuildOfProject } from './request-routes.js';
import type { Route } from './route.js';

/** All routes. The first match wins, so fixed segments come before ids. */
export const ROUTES: readonly Route[] = [
  patchStatus,
  previewBuildOfVersion,
  getRequestedBuild,
  requestBuildOfProject,
  previewBuildOfProject,
  listBuilds,
  retryBuilds,
  streamBuildEvents,
  getBuild,
  getBuildOfVersion,
  retryBuild,
  assignBuild,
  adoptWorkflow,
  undoAdoption,
  cancelBuild,
  getHealth,
  getStats,
  listDeadLetters,
  redriveDeadLetters,
  getDocument,
];
