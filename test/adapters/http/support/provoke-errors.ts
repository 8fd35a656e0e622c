import { errAsync } from 'neverthrow';
import type { BuildsHandlerOptions, HttpErrorCode } from '../../../../src/adapters/http/index.js';
import { hostRefused } from '../../../../src/core/build/errors.js';
import {
  type BuildableProject,
  buildableProject,
  stableId,
  TENANT,
} from '../../../../src/testing/builders.js';
import { wrkBehaviour } from '../../../../src/testing/wrk/fake-wrk-behaviour.js';
import { REFUSAL } from '../../../core/support/refusal.js';
import {
  type AnyApp,
  BY_OPS,
  type describeInEachFamily,
} from '../../../operations/support/in-each-family.js';
import * as given from '../../../support/given.js';
import { until } from '../../../support/until.js';
import * as when from '../../../support/when.js';
import { opsOf } from './http-caller.js';
import { type Exchange, recordingCaller } from './recording-caller.js';

type Open = Parameters<Parameters<typeof describeInEachFamily>[1]>[0];
type Provoke = (open: Open) => Promise<Exchange>;

const BUILD_IN_PROGRESS = { status: 'Build in Progress' };
const REASON = { reason: 'The client waits.' };
const WORKFLOW = { workflow_id: 'wf-by-hand', workflow_url: 'https://app.wrk.example/workflows/wf-by-hand' };
const LIST = '/v1/admin/builds';

const at = (app: Pick<AnyApp, 'builds'>, options: Partial<BuildsHandlerOptions> = {}) =>
  recordingCaller(app, TENANT, options);

/** Sends one GET to a handler that is wired in some way of its own. */
const listed =
  (options: Partial<BuildsHandlerOptions>, query = '', headers: Record<string, string> = {}): Provoke =>
  (open) =>
    at(open(), options).send('GET', `${LIST}${query}`, undefined, headers);

/** Requests the build of a project that was first brought into some state. */
const requested =
  (
    prepare: (app: AnyApp, project: BuildableProject) => Promise<unknown>,
    body: object = BUILD_IN_PROGRESS,
    headers: Record<string, string> = {},
  ): Provoke =>
  async (open) => {
    const app = open();
    const project = buildableProject();
    await app.store.host.insert(project.rows);
    await prepare(app, project);
    return at(app).send('PATCH', `/v1/automation-versions/${project.versionId}/status`, body, headers);
  };

/** Commands something about a build that was first brought into some state. */
const ordered =
  (
    command: 'retry' | 'adopt' | 'undo-adoption' | 'cancel',
    prepare: (app: AnyApp, build: given.RequestedBuild) => Promise<unknown>,
    body: object = REASON,
  ): Provoke =>
  async (open) => {
    const app = open({ retry: { maxRetries: 0, initialDelayMs: 1, jitter: 0 } });
    const build = await given.requestedBuild(app);
    await prepare(app, build);
    return at(app).send('POST', `${LIST}/${build.bindingId}/${command}`, body);
  };

const asAutoBuild = async (app: AnyApp, { tenantId, versionId }: BuildableProject) =>
  app.builds.requestBuild({ tenantId, automationVersionId: versionId, trigger: 'auto_build' });
const withQuote =
  (status: string) =>
  (app: AnyApp, { quoteId }: BuildableProject) =>
    app.store.host.update('quotes', quoteId, { status });
const withBlueprint =
  (blueprintJson: unknown) =>
  (app: AnyApp, { versionId }: BuildableProject) =>
    app.store.host.update('automationVersions', versionId, { blueprintJson });
const withStatus =
  (status: string) =>
  (app: AnyApp, { versionId }: Pick<BuildableProject, 'versionId'>) =>
    app.store.host.update('automationVersions', versionId, { status });
const failing = async (app: AnyApp) => {
  app.fake.script(wrkBehaviour.answers(422));
  await when.work(app);
};

/** A library whose database fails, or that is broken. */
const broken = (problem: Error) => (open: Open) => {
  const { builds } = open();
  const throwing = {
    ...builds,
    listBuilds: () => {
      throw problem;
    },
  };
  return at({ builds: throwing }).send('GET', LIST);
};

/** What a request meets each error by. The compiler sees to it that none is forgotten. */
export const PROVOKED: {
  /** `wrong_error_reason` stands inside of an answer, and has a test of its own. */
  readonly [Code in Exclude<HttpErrorCode, 'wrong_error_reason'>]: Provoke;
} = {
  invalid_input: requested(async () => {}, { ...BUILD_IN_PROGRESS, tenant_id: TENANT }),
  not_authenticated: listed({ authenticate: () => null }),
  forbidden: listed({ authenticate: () => ({ ...opsOf(TENANT), roles: ['project_owner'] }) }),
  tenant_required: listed({ authenticate: () => ({ ...opsOf(TENANT), tenantId: null }) }),
  origin_not_allowed: async (open) => {
    const body = { ...REASON, error_reason: 'wrk_api_error' };
    return at(open()).send('POST', `${LIST}/retry`, body, { cookie: 'session=1' });
  },
  not_found: (open) => at(open()).send('GET', '/v1/admin/nothing'),
  method_not_allowed: (open) => at(open()).send('PUT', LIST, {}),
  body_too_large: requested(async () => {}, { ...BUILD_IN_PROGRESS, assignee_id: 'a'.repeat(70_000) }),
  uri_too_long: listed({}, `?cursor=${'a'.repeat(5_000)}`),
  headers_too_large: listed({}, '', { cookie: 'a'.repeat(20_000) }),
  unsupported_media_type: requested(async () => {}, BUILD_IN_PROGRESS, { 'content-type': 'text/plain' }),
  rate_limited: listed({ rateLimit: async () => ({ retryAfterSeconds: 3 }) }),
  too_many_streams: (open) => at(open(), { events: { maxStreamsPerUser: 0 } }).send('GET', `${LIST}/events`),
  internal_error: broken(new Error('a mistake')),
  host_refused: async (open) => {
    const app = open();
    const builds = { ...app.builds, retryBuild: () => errAsync(hostRefused(REFUSAL)) };
    const { bindingId } = await given.requestedBuild(app);
    return at({ builds }).send('POST', `${LIST}/${bindingId}/retry`, REASON);
  },
  unavailable: broken(Object.assign(new Error('gone'), { name: 'DatabaseError' })),

  automation_version_not_found: (open) =>
    at(open()).send('PATCH', `/v1/automation-versions/${stableId('none')}/status`, BUILD_IN_PROGRESS),
  ready_for_build_version_not_found: (open) =>
    at(open()).send('POST', `/v1/admin/projects/${stableId('none')}/request-build`, {}),
  multiple_ready_for_build_versions: async (open) => {
    const app = open();
    const { rows, projectId } = buildableProject({ versions: 2 });
    await app.store.host.insert(rows);
    return at(app).send('POST', `/v1/admin/projects/${projectId}/request-build`, {});
  },
  build_already_in_progress: requested(asAutoBuild),
  version_already_built: requested(async (app, project) => {
    await asAutoBuild(app, project);
    await when.work(app);
  }),
  invalid_status_transition: requested(withStatus('Live')),
  quote_not_signed: requested(withQuote('sent')),
  blueprint_incomplete: requested(withBlueprint({ nodes: [], edges: [] })),
  missing_prerequisites: requested(async (app, project) => {
    await withQuote('sent')(app, project);
    await withBlueprint({ nodes: [], edges: [] })(app, project);
  }),
  concurrency_conflict: requested(async () => {}, { ...BUILD_IN_PROGRESS, last_known_status: 'Live' }),
  too_many_costly_requests: async (open) => {
    // With such a limit, the blueprint of every example is costly; the host's own check keeps the first request under way.
    let finish = () => {};
    const isChecked = new Promise<readonly []>((resolve) => {
      finish = () => resolve([]);
    });
    const prerequisites = [() => isChecked];
    const app = open({ blueprintLimits: { bytes: 3_000 }, prerequisites });
    const project = buildableProject();
    await app.store.host.insert(project.rows);
    const path = `/v1/automation-versions/${project.versionId}/status`;
    const first = at(app).send('PATCH', path, BUILD_IN_PROGRESS);
    const exchange = await at(app).send('PATCH', path, BUILD_IN_PROGRESS);
    finish();
    await first;
    return exchange;
  },
  idempotency_key_reused: requested(
    async (app, { tenantId, versionId }) =>
      app.builds.requestBuild({
        tenantId,
        automationVersionId: versionId,
        trigger: 'patch_status',
        assigneeId: stableId('engineer'),
        idempotencyKey: 'key-1',
      }),
    BUILD_IN_PROGRESS,
    { 'idempotency-key': 'key-1' },
  ),

  build_not_found: (open) => at(open()).send('GET', `${LIST}/${stableId('none')}`),
  wrong_build_status: ordered('retry', async () => {}),
  call_under_way: async (open) => {
    const app = open();
    app.fake.script(wrkBehaviour.hangs());
    const { bindingId } = await given.requestedBuild(app);
    const workers = app.builds.startWorkers({ pollIntervalMs: 2, concurrency: { notifications: 0 } });
    await until(() => app.fake.calls().length === 1);
    const exchange = await at(app).send('POST', `${LIST}/${bindingId}/cancel`, REASON);
    await workers.stop({ graceMs: 0 });
    return exchange;
  },
  not_buildable: ordered('adopt', withStatus('Archived'), { ...REASON, ...WORKFLOW }),
  sibling_in_progress: async (open) => {
    const app = open();
    const { rows, tenantId, versionIds } = buildableProject({ versions: 2 });
    const [first = '', second = ''] = versionIds;
    await app.store.host.insert(rows);
    const request = { tenantId, automationVersionId: first, trigger: 'auto_build' } as const;
    const { bindingId } = (await app.builds.requestBuild(request))._unsafeUnwrap();
    await failing(app);
    await app.store.host.update('automationVersions', second, { status: 'Build in Progress' });
    return at(app).send('POST', `${LIST}/${bindingId}/retry`, REASON);
  },
  duplicate_risk: ordered('cancel', async (app) => {
    app.fake.script(wrkBehaviour.createsThenDrops());
    await when.work(app);
  }),
  workflow_not_verified: async (open) => {
    const verifyWorkflow = async () => ({ kind: 'failed', detail: 'WRK answered 503' }) as const;
    const app = open({ client: (client) => ({ ...client, verifyWorkflow }) });
    const { bindingId } = await given.requestedBuild(app);
    const workflow = { workflow_id: 'wf_1', workflow_url: 'https://app.wrk.example/workflows/wf_1' };
    return at(app).send('POST', `${LIST}/${bindingId}/adopt`, { ...REASON, ...workflow });
  },
  workflow_not_adoptable: async (open) => {
    const app = open();
    await given.requestedBuild(app, 'first');
    await when.work(app);
    const [made] = app.fake.workflows();
    const { bindingId } = await given.requestedBuild(app, 'second');
    const workflow = { workflow_id: made?.id, workflow_url: made?.url };
    return at(app).send('POST', `${LIST}/${bindingId}/adopt`, { ...REASON, ...workflow });
  },
  workflow_not_adopted: ordered('undo-adoption', (app) => when.work(app)),
  version_moved_on: ordered('undo-adoption', async (app, build) => {
    const { workflow_id: workflowId, workflow_url: workflowUrl } = WORKFLOW;
    const { tenantId, bindingId } = build;
    await app.builds.adoptWorkflow({ tenantId, bindingId, workflowId, workflowUrl, ...BY_OPS });
    await withStatus('Live')(app, build);
  }),
};

/** A retry of many that finds one build failed for another reason than it was looked for. */
export async function provokeWrongErrorReason(open: Open): Promise<Exchange> {
  let meanwhile = async () => {};
  const app = open({
    retry: { maxRetries: 0, initialDelayMs: 1, jitter: 0 },
    buildViews: ({ findBuilds }) => ({
      findBuilds: async (query) => {
        const found = await findBuilds(query);
        await meanwhile();
        return found;
      },
    }),
  });
  app.fake.script(wrkBehaviour.answers(503));
  const { tenantId, bindingId } = await given.requestedBuild(app);
  await when.work(app);
  meanwhile = async () => {
    meanwhile = async () => {};
    await app.builds.retryBuild({ tenantId, bindingId, ...BY_OPS });
    await failing(app);
  };
  return at(app).send('POST', `${LIST}/retry`, { ...REASON, error_reason: 'wrk_api_error' });
}
