import { createHash } from 'node:crypto';
import type { Builds, BuildsOptions } from './builds.js';
import { defaultChecklist } from './core/blueprint/checklist.js';
import { graphBlueprint } from './core/blueprint/graph-policy.js';
import { DEFAULT_STARTABLE_STATUSES } from './core/build/statuses.js';
import { DEFAULT_RETRY_POLICY } from './core/orchestration/retry-policy.js';
import { isHttpsWorkflowUrl } from './core/orchestration/workflow-url.js';
import { claimBuildsThroughQueue } from './handlers/claim-builds.js';
import { commitOneByOne } from './handlers/commit-one-by-one.js';
import { reconcile } from './handlers/reconcile.js';
import { readCircuitBreakerPolicy } from './input/circuit-breaker-options.js';
import { readDeliveryPolicies } from './input/delivery-options.js';
import { readLimits } from './input/limit-options.js';
import { readRetention } from './input/retention-options.js';
import { readWatchOptions } from './input/watch-options.js';
import type { Runtime } from './runtime/runtime.js';
import { systemRuntime } from './runtime/system-runtime.js';
import { createBatches } from './wiring/batches.js';
import { requireCapability } from './wiring/capabilities.js';
import { checkStorage } from './wiring/check-storage.js';
import { prepareChecklist } from './wiring/checklist.js';
import { prepareDeadLetters } from './wiring/dead-letters.js';
import { createEvents } from './wiring/events.js';
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

/**
 * Wires the library.
 *
 * Throws when repository, queue and audit log do not share a database: they could not share a transaction. Throws also
 * for limits, retention times, a circuit breaker, deliveries or a watch that make no sense, and for options that need
 * a capability that the storage does not have.
 */
export function createBuilds<Tx>(options: BuildsOptions<Tx>): Builds<Tx> {
  return createBuildsOn(systemRuntime, options);
}

/** Wires the library on a runtime that somebody else may own. */
export function createBuildsOn<Tx>(runtime: Runtime, options: BuildsOptions<Tx>): Builds<Tx> {
  checkStorage(options);
  const { repository, queue, auditLog, fused, hostSchema, prerequisites = [], lockWaitMs = 5_000 } = options;
  const limits = readLimits(options.limits);
  const retention = readRetention(options.retention);
  const circuitBreaker = readCircuitBreakerPolicy(options.circuitBreaker);
  const delivery = readDeliveryPolicies(options.delivery);
  const watch = readWatchOptions(options.watch);

  const events = createEvents();
  if (options.onEvent) events.subscribe(options.onEvent);
  const ready = readyAfter(options.verifyAtStart ? hostSchema?.verify : undefined, events.emit);
  const feed = prepareWatch({ capabilities: options, policy: watch, ready, events, runtime });
  const wakeSignal = createWakeSignal();

  const storage = { repository, queue, auditLog };
  const isHostId = hostSchema?.isHostId ?? ANY_ID;
  const { emit } = events;
  const { wake } = wakeSignal;
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const input = { newId: runtime.newId, isHostId, hash };
  const batches = createBatches({
    repository,
    queue,
    deliveryRecords: options.deliveryRecords,
    commit: fused?.commit ?? commitOneByOne(storage),
  });
  const channels = { slack: options.notifiers.slack !== undefined };
  const blueprint = options.blueprint ?? graphBlueprint;
  const request = {
    load: batches.loadRequest,
    commit: batches.commit,
    hostPrerequisites: prerequisites,
    lockWaitMs,
    policy: {
      startableStatuses: options.startableStatuses ?? DEFAULT_STARTABLE_STATUSES,
      blueprint,
      checklist: options.checklist ?? defaultChecklist,
      orchestration: options.orchestration ?? 'automatic',
      channels,
    },
  };
  const orchestration = {
    blueprint,
    channels,
    duplicates: options.wrk.duplicates,
    retry: { ...DEFAULT_RETRY_POLICY, ...options.retry },
  };

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
      load: batches.loadBuild,
      commit: batches.commit,
      capabilities: options,
      request,
      rules: {
        isHostId,
        isWorkflowUrlAllowed: options.wrk.isWorkflowUrlAllowed ?? isHttpsWorkflowUrl,
      },
    }),
    ...prepareChecklist({ repository, capabilities: options, ready, lockWaitMs }),
    ready,
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
          runtime,
          hash,
          lockWaitMs,
          emit,
          wake,
          ready,
          onWake: wakeSignal.onWake,
          claimDueBuilds: fused?.claimDueBuilds ?? claimBuildsThroughQueue(storage),
          limits,
          retention,
          wrk: options.wrk,
          notifiers: options.notifiers,
          resolveRecipients: options.resolveRecipients,
          orchestration,
          circuitBreaker,
          delivery,
        }),
        workerOptions,
      ),
  };
}
