import { createHash } from 'node:crypto';
import { ResultAsync } from 'neverthrow';
import type { Builds, BuildsOptions } from './builds.js';
import { defaultChecklist } from './core/blueprint/checklist.js';
import { graphBlueprint } from './core/blueprint/graph-policy.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from './core/build/messages.js';
import { DEFAULT_STARTABLE_STATUSES } from './core/build/statuses.js';
import { DEFAULT_RETRY_POLICY } from './core/orchestration/retry-policy.js';
import { isHttpsWorkflowUrl } from './core/orchestration/workflow-url.js';
import { composeHealth } from './core/views/health.js';
import { claimBuildsThroughQueue } from './handlers/claim-builds.js';
import { commitOneByOne } from './handlers/commit-one-by-one.js';
import { reconcile } from './handlers/reconcile.js';
import { recordChecklistChange } from './handlers/record-checklist-change.js';
import { readCircuitBreakerPolicy } from './input/circuit-breaker-options.js';
import { readDeliveryPolicies } from './input/delivery-options.js';
import { readLimits } from './input/limit-options.js';
import { readRetention } from './input/retention-options.js';
import { readWatchOptions } from './input/watch-options.js';
import { callSafely } from './observability/call-safely.js';
import type { BuildEvent, EventListener } from './observability/events.js';
import type { Runtime } from './runtime/runtime.js';
import { systemRuntime } from './runtime/system-runtime.js';
import { createBatches } from './wiring/batches.js';
import { prepareOperations } from './wiring/operations.js';
import { prepareRequest } from './wiring/request-build.js';
import { verifyFirst } from './wiring/schema-check.js';
import { prepareWorkers } from './wiring/workers.js';
import { createBuildFeed } from './workers/build-feed.js';
import { startWorkers } from './workers/start-workers.js';
import { createWakeSignal } from './workers/wake-signal.js';

/** Letters that are shown or redriven at once. */
const MAX_DEAD_LETTERS = 100;

/** Open circuit circuitBreakers that are shown at once. */
const MAX_CIRCUIT_BREAKERS = 100;

/** The host's target: 95% of builds within five minutes. */
const OVERDUE_MS = 300_000;

/**
 * Wires the library.
 *
 * Throws when repository, queue and audit log do not share a database: they could not share a transaction. Throws also
 * for limits, retention times, a circuit breaker, deliveries or a watch that make no sense.
 */
export function createBuilds<Tx>(options: BuildsOptions<Tx>): Builds<Tx> {
  return createBuildsOn(systemRuntime, options);
}

/** Wires the library on a runtime that somebody else may own. */
export function createBuildsOn<Tx>(runtime: Runtime, options: BuildsOptions<Tx>): Builds<Tx> {
  const { repository, queue, auditLog, fused, prerequisites = [], lockWaitMs = 5_000 } = options;
  if (queue.database !== repository.database || auditLog.database !== repository.database) {
    throw new TypeError(
      'Repository, queue and audit log must come from one database, since they write in one transaction: take all three from the same adapter.',
    );
  }
  const limits = readLimits(options.limits);
  const retention = readRetention(options.retention);
  const circuitBreaker = readCircuitBreakerPolicy(options.circuitBreaker);
  const delivery = readDeliveryPolicies(options.delivery);
  const storage = { repository, queue, auditLog };
  const wakeSignal = createWakeSignal();
  const watch = readWatchOptions(options.watch);
  const feed = createBuildFeed({
    ...watch,
    runtime,
    find: (query) => ready().then(() => repository.findChangedBuilds(query)),
    onProblem: (problem) => emit(problemOf('watch', problem)),
  });
  const emit = (event: BuildEvent) => {
    callSafely(() => options.onEvent?.(event));
    feed.hear(event);
  };
  const { wake } = wakeSignal;
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const input = { newId: runtime.newId, isHostId: repository.isHostId, hash };
  const ready = readyAfter(options.verifyAtStart ? repository.verify : undefined, emit);
  const batches = createBatches(repository, queue, fused?.commit ?? commitOneByOne(storage));
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

  const stats = async () => {
    const [buildRequests, notifications, buildsInFlight, openCircuitBreakers] = await Promise.all([
      queue.stats(BUILD_REQUESTS),
      queue.stats(NOTIFICATIONS),
      repository.countHeld(),
      repository.loadOpenCircuitBreakers(MAX_CIRCUIT_BREAKERS),
    ]);
    return { buildRequests, notifications, buildsInFlight, openCircuitBreakers };
  };

  return {
    ...prepareRequest({ ready, request, storage, runtime, input, emit, wake }),
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
      findBuilds: repository.findBuilds,
      request,
      rules: {
        isHostId: repository.isHostId,
        isWorkflowUrlAllowed: options.wrk.isWorkflowUrlAllowed ?? isHttpsWorkflowUrl,
      },
    }),
    recordChecklistChange: (project, { tx } = {}) =>
      new ResultAsync(ready().then(() => recordChecklistChange(project, tx, { repository, lockWaitMs }))),
    ready,
    watchBuilds: feed.watch,
    reconcile: () => reconcile(storage),
    stats,
    health: ({ overdueMs = OVERDUE_MS } = {}) =>
      stats().then(
        (found) => composeHealth(found, overdueMs),
        () => composeHealth(null, overdueMs),
      ),
    deadLetters: ({ tenantId, limit = MAX_DEAD_LETTERS }) => queue.deadLetters({ tenantId, limit }),
    redrive: async ({ tenantId, limit = MAX_DEAD_LETTERS, ids }) => {
      const messages = await queue.redrive({ tenantId, limit, ...(ids && { ids }) });
      if (messages > 0) {
        emit({ type: 'dead_letters_redriven', tenantId, messages });
        wake(BUILD_REQUESTS);
        wake(NOTIFICATIONS);
      }
      return messages;
    },
    startWorkers: (workerOptions) =>
      startWorkers(
        prepareWorkers({
          storage,
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

/** Begins to verify at once, so that a host reads in its log what does not fit before anybody asks for a build. */
function readyAfter(
  verify: (() => Promise<readonly string[]>) | undefined,
  emit: EventListener,
): () => Promise<void> {
  if (!verify) return async () => {};
  const ready = verifyFirst(verify);
  ready().catch((problem: unknown) => emit(problemOf('verification', problem)));
  return ready;
}

function problemOf(worker: string, problem: unknown): BuildEvent {
  return {
    type: 'worker_problem',
    worker,
    problem: problem instanceof Error ? problem.message : String(problem),
  };
}
