import type { Route } from '../../../../src/adapters/http/routes/route.js';
import { buildableProject, stableId } from '../../../../src/testing/builders.js';
import { wrkBehaviour } from '../../../../src/testing/wrk/fake-wrk-behaviour.js';
import { type AnyApp, BY_OPS } from '../../../operations/support/in-each-family.js';
import * as given from '../../../support/given.js';
import * as when from '../../../support/when.js';

/** What has to be there before a route can be carried out. */
type Needs = 'nothing' | 'ready_project' | 'pending_build' | 'failed_build' | 'adopted_build' | 'dead_letter';

/** The ids of what is there; empty where it is not. */
export interface ReadyIds {
  readonly projectId: string;
  readonly versionId: string;
  readonly bindingId: string;
}

interface ReadyRoute {
  readonly needs: Needs;
  /** Whose id stands in the path; `null`: nobody's. */
  readonly id: keyof ReadyIds | null;
  readonly query?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

const REASON = { reason: 'The client waits.' };

/** By operation id: with this each route is carried out. */
const READY: Readonly<Record<string, ReadyRoute>> = {
  patchAutomationVersionStatus: {
    needs: 'ready_project',
    id: 'versionId',
    body: { status: 'Build in Progress', assignee_id: stableId('engineer') },
  },
  previewBuildOfVersion: { needs: 'ready_project', id: 'versionId' },
  getRequestedBuild: { needs: 'failed_build', id: 'versionId' },
  requestBuildOfProject: { needs: 'ready_project', id: 'projectId', body: { priority: 3 } },
  previewBuildOfProject: { needs: 'ready_project', id: 'projectId' },
  listBuilds: { needs: 'pending_build', id: null, query: '?status=pending&limit=20' },
  retryBuilds: {
    needs: 'failed_build',
    id: null,
    body: { ...REASON, error_reason: 'blueprint_rejected', accept_duplicate_risk: true, limit: 1 },
  },
  getBuild: { needs: 'failed_build', id: 'bindingId' },
  getBuildOfVersion: { needs: 'pending_build', id: 'versionId' },
  retryBuild: { needs: 'failed_build', id: 'bindingId', body: { ...REASON, fresh_key: true } },
  assignBuild: {
    needs: 'pending_build',
    id: 'bindingId',
    body: { ...REASON, assignee_id: stableId('engineer') },
  },
  adoptWorkflow: {
    needs: 'pending_build',
    id: 'bindingId',
    body: {
      ...REASON,
      workflow_id: 'wf-by-hand',
      workflow_url: 'https://app.wrk.example/workflows/wf-by-hand',
    },
  },
  undoAdoption: { needs: 'adopted_build', id: 'bindingId', body: REASON },
  cancelBuild: { needs: 'pending_build', id: 'bindingId', body: REASON },
  streamBuildEvents: { needs: 'nothing', id: null },
  getHealth: { needs: 'nothing', id: null },
  getStats: { needs: 'nothing', id: null },
  listDeadLetters: { needs: 'dead_letter', id: null, query: '?limit=20' },
  redriveDeadLetters: { needs: 'dead_letter', id: null, body: { limit: 10 } },
  getOpenApiDocument: { needs: 'nothing', id: null },
};

/** Throws for a route that has no entry: what nobody tries out nobody knows to be safe. */
export function readyRoute({ operationId }: Pick<Route, 'operationId'>): ReadyRoute {
  const ready = READY[operationId];
  if (ready) return ready;
  throw new Error(`Say in READY what “${operationId}” takes to be carried out: there is no entry for it.`);
}

/** Completes a build with a workflow of this name. */
export async function adoptByHand(
  { builds }: AnyApp,
  { tenantId, bindingId }: { readonly tenantId: string; readonly bindingId: string },
  name: string,
): Promise<void> {
  const workflowUrl = 'https://app.wrk.example/workflows/wf-by-hand';
  await builds.adoptWorkflow({ tenantId, bindingId, workflowId: `wf of ${name}`, workflowUrl, ...BY_OPS });
}

/** Puts what a route needs into the store. */
export async function makeReady(app: AnyApp, needs: Needs, name = 'project'): Promise<ReadyIds> {
  if (needs === 'nothing') return { projectId: '', versionId: '', bindingId: '' };
  if (needs === 'ready_project') {
    const project = buildableProject({ name });
    await app.store.host.insert(project.rows);
    return { ...project, bindingId: '' };
  }
  if (needs === 'failed_build') app.fake.script(wrkBehaviour.answers(422));
  const build = await given.requestedBuild(app, name);
  if (needs === 'failed_build') await when.work(app);
  if (needs === 'adopted_build') await adoptByHand(app, build, name);
  if (needs === 'dead_letter') await app.giveUpMessage(build.tenantId, name);
  return build;
}

/** Ids that nothing has. */
export const MISSING: ReadyIds = {
  projectId: stableId('no project'),
  versionId: stableId('no version'),
  bindingId: stableId('no build'),
};

/** The request by which a route is carried out on what is ready. */
export function readyRequest(route: Route, ids: ReadyIds): Request {
  const { id, query = '', body } = readyRoute(route);
  const path = id === null ? route.path : route.path.replace('{id}', ids[id]);
  return new Request(`https://host.example${path}${query}`, {
    method: route.method,
    headers: { 'x-request-id': 'req-1', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** Every row of a store, the host's and the library's. */
export async function rowsOf(app: AnyApp) {
  return { host: await app.store.host.read(), library: await app.store.libraryRows() };
}
