import type { ResultAsync } from 'neverthrow';
import type { BlueprintPolicy } from './core/blueprint/blueprint-policy.js';
import type { ChecklistPolicy } from './core/blueprint/checklist.js';
import type { RequestBuildError } from './core/build/errors.js';
import type { Orchestration, RequestAnswer } from './core/build/facts.js';
import type { CircuitBreakerPolicy } from './core/circuit-breaker/circuit-breaker.js';
import type { RetryPolicy } from './core/orchestration/retry-policy.js';
import type { BuildsHealth } from './core/views/health.js';
import type { HostPrerequisite } from './handlers/handle-request-build.js';
import type { ChecklistError, ProjectProgress } from './handlers/record-checklist-change.js';
import type { DeliveryOptions } from './input/delivery-options.js';
import type { LimitOptions } from './input/limit-options.js';
import type { RequestBuildInput } from './input/request-build.js';
import type { RetentionOptions } from './input/retention-options.js';
import type { WatchOptions } from './input/watch-options.js';
import type { EventListener } from './observability/events.js';
import type { Operations } from './operations.js';
import type { AuditLog } from './ports/audit-log.js';
import type { Capabilities } from './ports/capabilities.js';
import type { OpenCircuitBreakerRow } from './ports/circuit-breakers.js';
import type { DeadLetter } from './ports/dead-letters.js';
import type { FusedStatements } from './ports/fused.js';
import type { Notifiers, ResolveRecipients } from './ports/notifier.js';
import type { Queue, QueueStats } from './ports/queue.js';
import type { Repository } from './ports/repository.js';
import type { WrkPlatformClient } from './ports/wrk-platform-client.js';
import type { BuildWatch, BuildWatcher } from './workers/build-feed.js';
import type { WorkerOptions, Workers } from './workers/start-workers.js';

/**
 * Everything that a host chooses. Storages bring repository, queue, audit log and what else they can do: spread one.
 */
export interface BuildsOptions<Tx> extends Capabilities<Tx> {
  readonly repository: Repository<Tx>;
  readonly queue: Queue<Tx>;
  readonly auditLog: AuditLog<Tx>;
  /** Comes with a family of adapters that can do more in one statement; leave it out otherwise. */
  readonly fused?: Partial<FusedStatements>;
  readonly wrk: WrkPlatformClient;
  readonly notifiers: Notifiers;
  readonly resolveRecipients: ResolveRecipients;
  /** Statuses a build may start from. Default `Ready for Build`, `Awaiting Client Approval`. */
  readonly startableStatuses?: readonly string[];
  /** When a blueprint is complete. Default: a graph of nodes and edges. */
  readonly blueprint?: BlueprintPolicy;
  /** The tasks of a build. Default: one for the workflow, one for each system, and the manual rest. */
  readonly checklist?: ChecklistPolicy;
  /**
   * Who carries out the builds that are requested from now on. Default `automatic`: the workers. With `manual` people do,
   * outside: nothing is sent to WRK, and each build waits until somebody adopts the workflow that they made.
   */
  readonly orchestration?: Orchestration;
  /** Checks of the host's own. Default none. */
  readonly prerequisites?: readonly HostPrerequisite[];
  /** How often WRK is called. Default: one call and three retries after about 1, 2 and 4 seconds. */
  readonly retry?: Partial<RetryPolicy>;
  /** How often a notification is tried, for all channels and for each. Default: 8 times within about an hour and a half. */
  readonly delivery?: DeliveryOptions;
  /**
   * When calls to WRK are held back, and how it is tried. Default: after 5 failed calls in a row, tried after 1 s and then
   * ever more patiently, at least once a minute. Refused credentials open the circuit breaker for everyone at once; a refused or
   * unknown tenant, for that tenant. Needs the capability `circuitBreakers`.
   */
  readonly circuitBreaker?: Partial<CircuitBreakerPolicy>;
  /** What claims of builds keep to, over all processes. Default: no limits. */
  readonly limits?: LimitOptions;
  /** How changes are looked for while somebody watches builds. Default: every 2 s, 10 s back, up to 1,000 one by one. */
  readonly watch?: WatchOptions;
  /**
   * How long settled rows are kept. Default: dead letters 30 days, deliveries 31, idempotency answers 7. Needs the
   * capability `purge`.
   */
  readonly retention?: RetentionOptions;
  /** Longest wait for a row that another transaction holds, in milliseconds. Default 5,000. */
  readonly lockWaitMs?: number;
  /**
   * Compares the database with what the library needs of it before anything else: requests and workers wait for it, and
   * reject with a `SchemaMismatch` for as long as something does not fit. Default false. Needs the capability `hostSchema`.
   */
  readonly verifyAtStart?: boolean;
  /** Told of everything that happens. Default: nobody. */
  readonly onEvent?: EventListener;
}

/** How a request is made. */
export interface RequestBuildOptions<Tx> {
  /**
   * An open transaction of the host's, of the family of the repository: `fromPg`, `fromDrizzle`, `fromKysely` and
   * `fromPglite` make one for Postgres, `repository.transaction` gives one in any family. Default: one of our own. Needs
   * the capability `hostTransactions`.
   */
  readonly tx?: Tx;
}

/** The library, wired. `Tx` is the family of transactions that requests may join; `never`, the default, is none. */
export interface Builds<Tx = never> extends Operations {
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
   * `build_already_in_progress`; once it has rolled back, the build. Workers hear of it at the commit, where the adapter
   * tells them, and else at their next look at the queue.
   *
   * @example
   * ```ts
   * await db.transaction(async (tx) => {
   *   await tx.update(quotes).set({ status: 'signed' }).where(eq(quotes.id, quoteId));
   *   const requested = await builds.requestBuild(
   *     { tenantId, automationVersionId, trigger: 'auto_build' },
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
   * Counts a project's checklist anew, after a screen or a job of the host's has changed a task of it. With `tx` that
   * happens in the host's own transaction, as in `requestBuild`, so that task and progress change together. Needs the
   * capabilities `checklists` and `hostTransactions`.
   *
   * The race: of several that complete tasks of one project at once, each waits for the one before, and the last one
   * counts them all.
   *
   * @example
   * ```ts
   * await db.transaction(async (tx) => {
   *   await tx.update(tasks).set({ status: 'complete' }).where(eq(tasks.id, taskId));
   *   await builds.recordChecklistChange({ tenantId, projectId }, { tx: fromDrizzle(tx) });
   * });
   * ```
   */
  readonly recordChecklistChange: (
    project: { readonly tenantId: string; readonly projectId: string },
    options?: RequestBuildOptions<Tx>,
  ) => ResultAsync<ProjectProgress, ChecklistError>;
  /**
   * Resolves once the database is found to fit, at once without `verifyAtStart`. Rejects with a `SchemaMismatch` that lists
   * everything to fix, or with the database's error when it cannot be reached; asked again, it looks again.
   */
  readonly ready: () => Promise<void>;
  /** Starts working off builds and notifications in this process. */
  readonly startWorkers: (options?: WorkerOptions) => Workers;
  /**
   * Tells of every change of a tenant's builds, in whichever process it was made, from now until it is stopped: for a
   * stream of server-sent events, or a WebSocket. A change says how the build stands, so that one that is told twice
   * harms nobody; of several within one poll the last is told. What this process changes is told within about 100 ms,
   * anything else within about 2 s (`watch.intervalMs`). However many watch in one process, the database is asked once.
   *
   * `onReload`: load again what is shown. It is told instead of changes when the database could not be asked for a while
   * (which is a `worker_problem` of the worker `watch` besides), when its clock has gone back, as after a failover, and
   * while more builds of the tenant change within 10 s (`watch.overlapMs`) than are told one by one (`watch.maxChanges`, 1,000).
   *
   * The race: watch first and load afterwards, and no change falls in between; it may begin with changes of up to
   * `overlapMs` before. Only a build whose change commits more than `overlapMs` after it was written may be missed: one
   * that was requested in a transaction of the host's that stays open for longer. It is told with its next change.
   *
   * Whether somebody may see the tenant's builds is for the host to say, before. A tenant that has none is no mistake.
   * Needs the capability `buildViews`.
   *
   * @example
   * ```ts
   * const watcher = builds.watchBuilds({
   *   tenantId: session.tenantId,
   *   onChange: (change) => socket.send(JSON.stringify({ type: 'build', ...change })),
   *   onReload: () => socket.send(JSON.stringify({ type: 'reload' })),
   * });
   * socket.once('close', watcher.stop);
   * ```
   */
  readonly watchBuilds: (watch: BuildWatch) => BuildWatcher;
  /**
   * Sends a message again for builds that wait without one; returns how many. Running workers do it by themselves. Needs
   * the capability `sweep`.
   */
  readonly reconcile: () => Promise<number>;
  /** How full the queues are, how many builds are in the hands of workers, and which circuit breakers are open, of all tenants. */
  readonly stats: () => Promise<BuildsStats>;
  /**
   * Whether the library does what it should, over all tenants and processes, for dashboards and alarms; `ok`, or the
   * gravest of what is wrong and a list of all of it. `overdueMs` (default 300,000 ms, five minutes): how long builds
   * and notifications may be due before that is wrong. Its promise never rejects: a database that does not
   * answer is an answer. An `overdueMs` that cannot be used throws a `TypeError` at once, before there is a promise.
   *
   * Do not restart a process over it: `wrk_unavailable` is over by itself once WRK answers again.
   *
   * @example
   * ```ts
   * const { status, findings } = await builds.health();
   * if (status !== 'ok') logger.warn(findings.map(({ message }) => message).join(' '));
   * ```
   */
  readonly health: (options?: { readonly overdueMs?: number }) => Promise<BuildsHealth>;
  /**
   * The newest messages of one tenant that nobody will handle again unless it is redriven; 100 unless told otherwise.
   * Needs the capability `deadLetters`.
   */
  readonly deadLetters: (of: {
    readonly tenantId: string;
    readonly limit?: number;
  }) => Promise<readonly DeadLetter[]>;
  /**
   * Gives dead letters of one tenant back to the workers: those that are named, or the oldest; 100 at most unless told
   * otherwise. Returns how many wait again; one whose key waits already is done with. Needs the capability `deadLetters`.
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
  /** Builds under a live lease; `null`: the storage cannot count them. */
  readonly buildsInFlight: number | null;
  /** The circuit breakers that hold calls to WRK back, everyone's first, then those open longest; at most 100. */
  readonly openCircuitBreakers: readonly OpenCircuitBreakerRow[];
}
