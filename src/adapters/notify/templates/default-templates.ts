import { buildAssigned } from './build-assigned.js';
import { buildComplete } from './build-complete.js';
import { buildFailed } from './build-failed.js';
import { buildStarted } from './build-started.js';
import { qaReady } from './qa-ready.js';
import type { NotificationTemplates } from './template.js';
import { workflowUnbound } from './workflow-unbound.js';
import { wrkAvailable } from './wrk-available.js';
import { wrkUnavailable } from './wrk-unavailable.js';

/** The templates that the host does not replace. */
export const DEFAULT_TEMPLATES: NotificationTemplates = {
  build_started: buildStarted,
  build_assigned: buildAssigned,
  build_complete: buildComplete,
  qa_ready: qaReady,
  build_failed: buildFailed,
  workflow_unbound: workflowUnbound,
  wrk_unavailable: wrkUnavailable,
  wrk_available: wrkAvailable,
};
