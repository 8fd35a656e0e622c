import { createHash, randomUUID } from 'node:crypto';
import { err, type Result, ResultAsync } from 'neverthrow';
import type { BlueprintPolicy } from './core/blueprint/blueprint-policy.js';
import { graphBlueprint } from './core/blueprint/graph-policy.js';
import { type ChecklistPolicy, defaultChecklist } from './core/checklist.js';
import { DEFAULT_DELIVERY_POLICY, type DeliveryPolicy } from './core/decide-delivery.js';
import type { RequestBuildError } from './core/errors.js';
import type { RequestAnswer } from './core/facts.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from './core/messages.js';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from './core/retry-policy.js';
import { DEFAULT_STARTABLE_STATUSES } from './core/statuses.js';
import { commitOneByOne } from './handlers/commit-one-by-one.js';
import { type HostPrerequisite, handleRequestBuild } from './handlers/handle-request-build.js';
import { reconcile } from './handlers/reconcile.js';
import { requestInTransaction } from './handlers/request-in-transaction.js';
import { takeBuildsThroughQueue } from './handlers/take-builds.js';
import { type LimitOptions, readLimits } from './limit-options.js';
import type { EventListener } from './observability/events.js';
import type { AuditLog } from './ports/audit-log.js';
import type { FusedStatements } from './ports/fused.js';
import type { Notifiers, ResolveRecipients } from './ports/notifier.js';
import type { DeadLetter, Queue, QueueStats } from './ports/queue.js';
import type { Repository } from './ports/repository.js';
import type { WrkPlatformClient } from './ports/wrk-platform-client.js';
import { prepareSets } from './prepare-sets.js';
import { prepareWorkers } from './prepare-workers.js';
import { type RequestBuildInput, readRequest } from './request-build-input.js';
import { type RetentionOptions, readRetention } from './retention-options.js';
import { verifyFirst } from './verify-at-start.js';
import { startWorkers, type WorkerOptions, type Workers } from './workers/start-workers.js';
import { createWakers } from './workers/wakers.js';

/** Everything that a host chooses. */
export interface BuildsOptions<Tx> {
  readonly repository: Repository<Tx>;
  readonly queue: Queue<Tx>;
  readonly auditLog: AuditLog<Tx>;
  /** Comes with a family of adapters that can do more in one statement; leave it out otherwise. */
  readonly fused?: FusedStatements;
  readonly wrk: WrkPlatformClient;
  readonly notifiers: Notifiers;
  readonly resolveRecipients: ResolveRecipients;
  /** Statuses a build may start from. Default `Ready for Build`, `Awaiting Client Approval`. */
  readonly startableStatuses?: readonly string[];
  /** When a blueprint is complete. Default: a graph of nodes and edges. */
  readonly blueprint?: BlueprintPolicy;
  /** The tasks of a build. Default: one for the workflow, one for each system, and the manual rest. */
  readonly checklist?: ChecklistPolicy;
  /** Checks of the host's own. Default none. */
  readonly prerequisites?: readonly HostPrerequisite[];
  /** How often WRK is called. Default: one call and three retries after about 1, 2 and 4 seconds. */
  readonly retry?: Partial<RetryPolicy>;
  /** How often a notification is tried. Default: 8 times within about an hour and a half. */
  readonly delivery?: Partial<DeliveryPolicy>;
  /** What claims of builds keep to, over all processes. Default: no limits. */
  readonly limits?: LimitOptions;
  /** How long settled rows are kept. Default: dead letters 30 days, deliveries 31, idempotency answers 7. */
  readonly retention?: RetentionOptions;
  /** Longest wait for a row that another transaction holds, in milliseconds. Default 5,000. */
  readonly lockWaitMs?: number;
  /**
   * Compares the database with what the library needs of it before anything else: requests and workers wait for it, and
   * reject with a `SchemaMismatch` for as long as something does not fit. Default false.
   */
  readonly verifyAtStart?: boolean;
  /** Told of everything that happens. Default: nobody. */
  readonly onEvent?: EventListener;
}

/** How a request is made. */
export interface RequestBuildOptions<Tx> {
  /**
   * An open transaction of the host's, of the family of the repository: `fromPg`, `fromDrizzle`, `fromKysely` and
   * `fromPglite` make one for Postgres, `repository.transaction` gives one in any family. Default: one of our own.
   */
  readonly tx?: Tx;
}

/** The library, wired. `Tx` is the family of transactions that requests may join; `never`, the default, is none. */
export interface Builds<Tx = never> {
  /**
   * Requests a build: flow 21. When it is accepted, the change is durable and the build will run.
   *
   * The race: of requests for one version, or for versions of one project, exactly one is accepted; the others get
   * `build_already_in_progress`. It rejects only when the database fails, on Postgres with a `DatabaseError`.
   *
   * With `tx` it joins the host's transaction. Everything that was changed there before is seen, everything of ours is
   * written there, and commit and rollback are the host's: until it commits, nothing is durable and no worker sees the
   * build. It runs on that one connection and on no other. An `err` means that nothing of ours was written and the
   * transaction is usable; so does a rejection, unless the connection itself is gone. It rejects when the transaction
   * cannot be joined: it is over, has failed, is read-only, or is not READ COMMITTED. Await it before the next statement
   * on that connection: what runs meanwhile may be undone with what is undone here.
   *
   * The race with a `tx`: whoever asks for the same version or project while it is open waits for at most `lockWaitMs`
   * at a time, three attempts in all, and then gets `concurrency_conflict`; once it has committed,
   * `build_already_in_progress`; once it has rolled back, the build. Workers are not woken, since there is nothing to see
   * before the commit: their next look at the queue finds it.
   *
   * @example
   * ```ts
   * await db.transaction(async (tx) => {
   *   await tx.update(quotes).set({ status: 'signed' }).where(eq(quotes.id, quoteId));
   *   const requested = await builds.requestBuild(
   *     { tenantId, automationVersionId, via: 'auto_build' },
   *     { tx: fromDrizzle(tx) },
   *   );
   *   if (requested.isErr()) logger.info(requested.error.message); // the quote is signed all the same
   * });
   * ```
   */
  readonly requestBuild: (
    input: RequestBuildInput,
    options?: RequestBuildOptions<Tx>,
  ) => ResultAsync<RequestAnswer, RequestBuildError>;
  /**
   * Resolves once the database is found to fit, at once without `verifyAtStart`. Rejects with a `SchemaMismatch` that lists
   * everything to mend, or with the database's error when it cannot be reached; asked again, it looks again.
   */
  readonly ready: () => Promise<void>;
  /** Starts working off builds and notifications in this process. */
  readonly startWorkers: (options?: WorkerOptions) => Workers;
  /** Sends a message again for builds that wait without one; returns how many. Running workers do it by themselves. */
  readonly reconcile: () => Promise<number>;
  /** How full the queues are, and how many builds are in the hands of workers, of all tenants. */
  readonly stats: () => Promise<BuildsStats>;
  /** The newest messages of one tenant that nobody will handle again without an order; 100 unless told otherwise. */
  readonly deadLetters: (of: {
    readonly tenantId: string;
    readonly limit?: number;
  }) => Promise<readonly DeadLetter[]>;
  /**
   * Gives dead letters of one tenant back to the workers: those that are named, or the oldest; 100 at most unless told
   * otherwise. Returns how many wait again; one whose key waits already is done with.
   *
   * @example
   * ```ts
   * const letters = await builds.deadLetters({ tenantId });
   * await builds.redrive({ tenantId, ids: letters.map(({ id }) => id) });
   * ```
   */
  readonly redrive: (which: {
    readonly tenantId: string;
    readonly ids?: readonly string[];
    readonly limit?: number;
  }) => Promise<number>;
}

/** How much there is to do. */
export interface BuildsStats {
  readonly buildRequests: QueueStats;
  readonly notifications: QueueStats;
  /** Builds under a live lease. */
  readonly buildsInFlight: number;
}

/** Letters that are shown or redriven at once. */
const MOST_LETTERS = 100;

/**
 * Wires the library.
 *
 * Throws when repository, queue and audit log do not share a database: they could not share a transaction. Throws also
 * for limits or retention times that make no sense.
 */
export function createBuilds<Tx>(options: BuildsOptions<Tx>): Builds<Tx> {
  const { repository, queue, auditLog, fused, prerequisites = [], lockWaitMs = 5_000 } = options;
  if (queue.database !== repository.database || auditLog.database !== repository.database) {
    throw new TypeError(
      'Repository, queue and audit log must come from one database, since they write in one transaction: take all three from the same adapter.',
    );
  }
  const limits = readLimits(options.limits);
  const retention = readRetention(options.retention);
  const storage = { repository, queue, auditLog };
  const wakers = createWakers();
  const world = {
    newId: randomUUID,
    random: Math.random,
    hash: (text: string) => createHash('sha256').update(text).digest('hex'),
    lockWaitMs,
    emit: quietly(options.onEvent),
    wake: wakers.wake,
  };
  const ready = readyAfter(options.verifyAtStart ? repository.verify : undefined, world.emit);
  const sets = prepareSets(repository, queue, fused?.commit ?? commitOneByOne(storage));
  const channels = { slack: options.notifiers.slack !== undefined };
  const blueprint = options.blueprint ?? graphBlueprint;
  const requestShell = {
    load: sets.loadRequest,
    commit: sets.commit,
    hostPrerequisites: prerequisites,
    lockWaitMs,
    policy: {
      startableStatuses: options.startableStatuses ?? DEFAULT_STARTABLE_STATUSES,
      blueprint,
      checklist: options.checklist ?? defaultChecklist,
      channels,
    },
  };

  const request = async (
    input: RequestBuildInput,
    { tx }: RequestBuildOptions<Tx>,
  ): Promise<Result<RequestAnswer, RequestBuildError>> => {
    const startedAt = performance.now();
    const command = readRequest(input, world);
    if (command.isErr()) return err(command.error);
    await ready();
    const { tenantId, requestId, via, userId, target } = command.value;
    const joined = tx !== undefined;
    const outcome = joined
      ? await requestInTransaction(tx, command.value, requestShell, storage)
      : await handleRequestBuild(command.value, requestShell);
    const about = { tenantId, requestId, via, userId, durationMs: performance.now() - startedAt };
    if (outcome.isErr()) {
      const named = 'projectId' in target ? target.projectId : target.automationVersionId;
      world.emit({ type: 'request_refused', ...about, target: named, code: outcome.error.code });
    } else {
      const { answer, kind } = outcome.value;
      world.emit({ type: 'request_accepted', ...about, ...answer, replayed: kind === 'replayed', joined });
      if (kind === 'accepted' && !joined) {
        world.wake(BUILD_REQUESTS);
        world.wake(NOTIFICATIONS);
      }
    }
    return outcome.map(({ answer }) => answer);
  };

  return {
    requestBuild: (input, requestOptions = {}) => new ResultAsync(request(input, requestOptions)),
    ready,
    reconcile: () => reconcile(storage),
    stats: async () => {
      const [buildRequests, notifications, buildsInFlight] = await Promise.all([
        queue.stats(BUILD_REQUESTS),
        queue.stats(NOTIFICATIONS),
        repository.countHeld(),
      ]);
      return { buildRequests, notifications, buildsInFlight };
    },
    deadLetters: ({ tenantId, limit = MOST_LETTERS }) => queue.deadLetters({ tenantId, limit }),
    redrive: async ({ tenantId, limit = MOST_LETTERS, ids }) => {
      const messages = await queue.redrive({ tenantId, limit, ...(ids && { ids }) });
      if (messages > 0) {
        world.emit({ type: 'dead_letters_redriven', tenantId, messages });
        world.wake(BUILD_REQUESTS);
        world.wake(NOTIFICATIONS);
      }
      return messages;
    },
    startWorkers: (workerOptions) =>
      startWorkers(
        prepareWorkers({
          storage,
          sets,
          world,
          ready,
          onWake: wakers.onWake,
          takeBuilds: fused?.takeBuilds ?? takeBuildsThroughQueue(storage),
          limits,
          retention,
          wrk: options.wrk,
          notifiers: options.notifiers,
          resolveRecipients: options.resolveRecipients,
          orchestration: {
            blueprint,
            channels,
            duplicates: options.wrk.duplicates,
            retry: { ...DEFAULT_RETRY_POLICY, ...options.retry },
          },
          delivery: { ...DEFAULT_DELIVERY_POLICY, ...options.delivery },
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
  ready().catch((problem: unknown) =>
    emit({
      type: 'worker_problem',
      worker: 'verification',
      problem: problem instanceof Error ? problem.message : String(problem),
    }),
  );
  return ready;
}

/** No build fails for the sake of a listener. */
function quietly(listener: EventListener | undefined): EventListener {
  return (event) => {
    try {
      const heard: unknown = listener?.(event);
      if (heard instanceof Promise) heard.catch(() => {});
    } catch {
      // The listener's own problem.
    }
  };
}
