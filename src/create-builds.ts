import { createHash, randomUUID } from 'node:crypto';
import { ResultAsync } from 'neverthrow';
import type { Builds, BuildsOptions } from './builds.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from './core/build/messages.js';
import { isHttpsWorkflowUrl } from './core/orchestration/workflow-url.js';
import { composeHealth } from './core/views/health.js';
import { claimBuildsThroughQueue } from './handlers/claim-builds.js';
import { commitOneByOne } from './handlers/commit-one-by-one.js';
import { reconcile } from './handlers/reconcile.js';
import { recordChecklistChange } from './handlers/record-checklist-change.js';
import {
  checkTxOptions,
  checkWatch,
  readDeadLetterQuery,
  readHealthOptions,
  readRedrive,
} from './input/call-options.js';
import { readBuildsOptions } from './input/options.js';
import { callSafely } from './observability/call-safely.js';
import type { BuildEvent, EventListener } from './observability/events.js';
import { createBatches } from './wiring/batches.js';
import { prepareOperations } from './wiring/operations.js';
import { prepareRequest } from './wiring/request-build.js';
import { verifyFirst } from './wiring/schema-check.js';
import { prepareWorkers } from './wiring/workers.js';
import { createBuildFeed } from './workers/build-feed.js';
import { startWorkers } from './workers/start-workers.js';
import { createWakeSignal } from './workers/wake-signal.js';

/** Open circuit circuitBreakers that are shown at once. */
const MAX_CIRCUIT_BREAKERS = 100;

/**
 * Wires the library.
 *
 * @throws TypeError that lists every option that cannot be used, and what to give; also when repository, queue and audit
 * log do not share a database, since they could not share a transaction
 */
export function createBuilds<Tx>(options: BuildsOptions<Tx>): Builds<Tx> {
  const settings = readBuildsOptions(options);
  const { limits, retention, circuitBreaker, delivery, watch, lockWaitMs, blueprint } = settings;
  const { repository, queue, auditLog, fused } = options;
  if (queue.database !== repository.database || auditLog.database !== repository.database) {
    throw new TypeError(
      'Repository, queue and audit log must come from one database, since they write in one transaction: take all three from the same adapter.',
    );
  }
  const storage = { repository, queue, auditLog };
  const wakeSignal = createWakeSignal();
  const feed = createBuildFeed({
    ...watch,
    find: (query) => ready().then(() => repository.findChangedBuilds(query)),
    onProblem: (problem) => runtime.emit(problemOf('watch', problem)),
  });
  const runtime = {
    newId: randomUUID,
    isHostId: repository.isHostId,
    random: Math.random,
    hash: (text: string) => createHash('sha256').update(text).digest('hex'),
    lockWaitMs,
    emit: (event: BuildEvent) => {
      callSafely(() => options.onEvent?.(event));
      feed.hear(event);
    },
    wake: wakeSignal.wake,
  };
  const ready = readyAfter(settings.verifyAtStart ? repository.verify : undefined, runtime.emit);
  const batches = createBatches(repository, queue, fused?.commit ?? commitOneByOne(storage));
  const channels = { slack: options.notifiers.slack !== undefined };
  const request = {
    load: batches.loadRequest,
    commit: batches.commit,
    hostPrerequisites: settings.prerequisites,
    lockWaitMs,
    policy: {
      startableStatuses: settings.startableStatuses,
      blueprint,
      checklist: settings.checklist,
      orchestration: settings.orchestration,
      channels,
    },
  };

  const orchestration = {
    blueprint,
    channels,
    duplicates: options.wrk.duplicates,
    retry: settings.retry,
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
    ...prepareRequest({ ready, request, storage, runtime }),
    ...prepareOperations({
      ready,
      runtime,
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
    recordChecklistChange: (project, joining = {}) =>
      new ResultAsync(
        ready().then(() => {
          checkTxOptions('recordChecklistChange', joining);
          return recordChecklistChange(project, joining.tx, { repository, lockWaitMs });
        }),
      ),
    ready,
    watchBuilds: (asked) => {
      checkWatch(asked);
      return feed.watch(asked);
    },
    reconcile: () => reconcile(storage),
    stats,
    health: async (asked) => {
      const { overdueMs } = readHealthOptions(asked);
      return stats().then(
        (found) => composeHealth(found, overdueMs),
        () => composeHealth(null, overdueMs),
      );
    },
    deadLetters: async (asked) => queue.deadLetters(readDeadLetterQuery(asked)),
    redrive: async (asked) => {
      const { tenantId, limit, ids } = readRedrive(asked);
      const messages = await queue.redrive({ tenantId, limit, ...(ids && { ids }) });
      if (messages > 0) {
        runtime.emit({ type: 'dead_letters_redriven', tenantId, messages });
        runtime.wake(BUILD_REQUESTS);
        runtime.wake(NOTIFICATIONS);
      }
      return messages;
    },
    startWorkers: (workerOptions) =>
      startWorkers(
        prepareWorkers({
          storage,
          batches,
          runtime,
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
