import { createHash } from 'node:crypto';
import type { Builds } from './builds.js';
import { type ParseAhead, parseAhead } from './core/blueprint/read-blueprint.js';
import { isHttpsWorkflowUrl } from './core/input/workflow-text.js';
import { createBatches } from './handlers/batches.js';
import { claimBuildsThroughQueue } from './handlers/claim-builds.js';
import { commitOneByOne } from './handlers/commit-one-by-one.js';
import { costlyRequests } from './handlers/costly-requests.js';
import { reconcile } from './handlers/reconcile.js';
import type { BuildsOptions } from './input/builds-options.js';
import { readBuildsOptions } from './input/options.js';
import { requireNode } from './input/require-node.js';
import type { Runtime } from './runtime/runtime.js';
import { createSlices } from './runtime/slices.js';
import { systemRuntime } from './runtime/system-runtime.js';
import { requireCapability } from './wiring/capabilities.js';
import { checkStorage, fusedFor } from './wiring/check-storage.js';
import { prepareChecklist } from './wiring/checklist.js';
import { prepareDeadLetters } from './wiring/dead-letters.js';
import { createEvents } from './wiring/events.js';
import { prepareFreeWorkflow } from './wiring/free-workflow.js';
import { checkedPolicies } from './wiring/host-functions.js';
import { prepareOperations } from './wiring/operations.js';
import { prepareRequest } from './wiring/request-build.js';
import { readyAfter } from './wiring/schema-check.js';
import { prepareStats } from './wiring/stats.js';
import { prepareWatch } from './wiring/watch.js';
import { prepareWorkers } from './wiring/workers.js';
import { startWorkers } from './workers/start-workers.js';
import { createWakeSignal } from './workers/wake-signal.js';

/** Every id passes where the storage does not know the ids of the host. */
const ANY_ID = () => true;
/** A storage without labels of the host's has the flows' words. */
const ITSELF = (label: string) => label;

/**
 * Wires the library.
 *
 * @throws TypeError that lists every option that cannot be used, and what to give; also when repository, queue and audit
 * log do not share a database, since they could not share a transaction, and for options that need a capability that the
 * storage does not have; and on a Node older than 20.19
 *
 * @example
 * ```ts
 * import { createBuilds } from 'wrk-builds';
 * import { nodePostgres, postgres } from 'wrk-builds/postgres';
 * import { secret, wrkHttp } from 'wrk-builds/wrk-http';
 *
 * const storage = postgres(nodePostgres(pool));
 * const builds = createBuilds({
 *   ...storage,
 *   wrk: wrkHttp({
 *     baseUrl: 'https://api.example.com',
 *     token: secret(process.env.WRK_TOKEN ?? ''),
 *     duplicates: { by: 'idempotency-key' },
 *   }),
 *   notifiers: { email },
 *   resolveRecipients: async ({ assigneeId }) => (assigneeId === null ? [] : [{ id: assigneeId }]),
 * });
 * ```
 */
export function createBuilds<Tx>(options: BuildsOptions<Tx>): Builds<Tx> {
  requireNode(process.versions.node);
  return createBuildsOn(systemRuntime, options);
}

/** Wires the library on a runtime that somebody else may own. */
export function createBuildsOn<Tx>(runtime: Runtime, options: BuildsOptions<Tx>): Builds<Tx> {
  const settings = readBuildsOptions(options);
  checkStorage(options);
  const { limits, retention, circuitBreaker, delivery, watch, lockWaitMs, blueprintLimits } = settings;
  const { repository, queue, auditLog, hostSchema } = options;
  const fused = fusedFor(options);

  const events = createEvents();
  if (options.onEvent) events.subscribe(options.onEvent);
  // As the host gave them, which is how their `Tx` is known.
  const given = { ...settings, prerequisites: options.prerequisites ?? [] };
  const policies = checkedPolicies(given, events.emit, runtime);
  const { blueprint } = policies;
  // The default ones are not all of every host's.
  const rules = { startableStatuses: options.startableStatuses, checklist: policies.checklist };
  const verify = settings.verifyAtStart ? hostSchema?.verify : undefined;
  const ready = readyAfter(verify && (() => verify(rules)), events.emit, runtime);
  const feed = prepareWatch({ capabilities: options, policy: watch, ready, events, runtime });
  const wakeSignal = createWakeSignal();

  const storage = { repository, queue, auditLog };
  const isHostId = hostSchema?.isHostId ?? ANY_ID;
  const { emit } = events;
  const { wake } = wakeSignal;
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const input = { newId: runtime.newId, isHostId, hash };
  const runInSlices = createSlices(runtime);
  const parsingAhead: ParseAhead = (facts) => runInSlices(parseAhead(facts, blueprintLimits));
  const batches = createBatches({
    repository,
    queue,
    deliveryRecords: options.deliveryRecords,
    commit: fused.commit ?? commitOneByOne(storage),
    maxBlueprintBytes: blueprintLimits.bytes,
    parseAhead: parsingAhead,
  });
  const channels = { slack: options.notifiers.slack !== undefined };
  const request = {
    load: batches.loadRequest,
    parseAhead: parsingAhead,
    costly: costlyRequests(settings.costlyRequestsPerTenant),
    commit: batches.commit,
    hostPrerequisites: policies.prerequisites,
    lockWaitMs,
    policy: {
      startableStatuses: settings.startableStatuses,
      blueprint,
      blueprintLimits,
      checklist: policies.checklist,
      orchestration: policies.orchestration,
      channels,
    },
  };
  const orchestration = {
    blueprint,
    blueprintLimits,
    channels,
    duplicates: options.wrk.duplicates,
    retry: settings.retry,
  };
  const freeWorkflow = prepareFreeWorkflow({
    workflowHolders: options.workflowHolders,
    loadBuild: batches.loadBuild,
    commit: batches.commit,
    policy: { ...orchestration, startableStatuses: settings.startableStatuses },
    newId: runtime.newId,
    lockWaitMs,
    emit,
    wake,
  });

  return {
    ...prepareRequest({ ready, request, storage, capabilities: options, runtime, input, emit, wake }),
    ...prepareOperations({
      ready,
      runtime,
      input,
      emit,
      wake,
      lockWaitMs,
      orchestration,
      wrk: options.wrk,
      load: batches.loadBuild,
      loadOwnRows: batches.loadOwnRows,
      commit: batches.commit,
      freeWorkflow,
      capabilities: options,
      request,
      rules: {
        isHostId,
        isWorkflowUrlAllowed: options.wrk.isWorkflowUrlAllowed ?? isHttpsWorkflowUrl,
      },
    }),
    ...prepareChecklist({ repository, capabilities: options, ready, runtime, lockWaitMs, emit }),
    ready,
    isHostId,
    versionStatusOf: hostSchema?.versionStatusOf ?? ITSELF,
    ...feed,
    reconcile: async () => reconcile(storage, requireCapability('reconcile', options, 'sweep')),
    ...prepareStats({ queue, capabilities: options }),
    ...prepareDeadLetters({ capabilities: options, emit, wake }),
    startWorkers: (workerOptions) =>
      startWorkers(
        prepareWorkers({
          storage,
          capabilities: options,
          batches,
          parseAhead: parsingAhead,
          runtime,
          hash,
          lockWaitMs,
          freeWorkflow,
          emit,
          wake,
          ready,
          onWake: wakeSignal.onWake,
          claimDueBuilds: fused.claimDueBuilds ?? claimBuildsThroughQueue(storage),
          limits,
          retention,
          wrk: options.wrk,
          notifiers: { inApp: options.inAppNotifier, ...options.notifiers },
          resolveRecipients: options.resolveRecipients,
          orchestration,
          circuitBreaker,
          delivery,
        }),
        workerOptions,
      ),
  };
}
