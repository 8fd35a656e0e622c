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

/** Options of a request. */
export interface RequestBuildOptions<Tx> {
  /**
   * An open transaction of the host's, of the family of the repository: `fromPg`, `fromDrizzle`, `fromKysely` and
   * `fromPglite` make one for Postgres, `repository.transaction` gives one in any family. Default: one of our own. Needs
   * the capability `hostTransactions`.
   */
  readonly tx?: Tx;
}

/**
 * What `createBuilds` returns. `Tx` is the type of transactions that requests may join; `never`, the default, means
 * none.
 */
export interface Builds<Tx = never> extends Operations {
  /**
   * Requests a build (flow 21). Once it is accepted, the change is durable and the build will run.
   *
   * The race: of requests for one version, or for versions of one project, exactly one is accepted; the others get
   * `build_already_in_progress`. It rejects only when the database fails, on Postgres with a `DatabaseError`.
   *
   * With `tx` it joins the host's transaction: it sees the host's earlier changes, writes everything there, and leaves
   * commit and rollback to the host. Until the host commits, nothing is durable and no worker sees the build. It uses
   * that connection only. After an `err` nothing of the library was written and the transaction is still usable; the
   * same is true after a rejection, unless the connection is lost. It rejects if the transaction cannot be joined: it
   * has ended, has failed, is read-only, or is not READ COMMITTED. Await it before the next statement on that
   * connection: a statement that runs meanwhile may be rolled back with it.
   *
   * The race with a `tx`: while it is open, another request for the same version or project waits for at most
   * `lockWaitMs`, in each of three attempts, and then gets `concurrency_conflict`. After the commit it gets
   * `build_already_in_progress`; after a rollback it is accepted. Workers notice the build at the commit if the adapter
   * sends wake signals, otherwise at their next poll.
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
   * Recomputes a project's progress after the host has changed a task of its checklist. With `tx` that happens in the
   * host's own transaction, as in `requestBuild`, so task and progress change together. Needs the capabilities
   * `checklists` and `hostTransactions`.
   *
   * The race: concurrent calls for one project run one after the other, and the last one counts all tasks.
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
   * Resolves once the database has been verified; without `verifyAtStart`, at once. Rejects with a `SchemaMismatch`
   * that lists everything to fix, or with the database's error. Each call after a rejection verifies again.
   */
  readonly ready: () => Promise<void>;
  /** Starts processing builds and notifications in this process. */
  readonly startWorkers: (options?: WorkerOptions) => Workers;
  /**
   * Reports every change of a tenant's builds, in whichever process it was made, until it is stopped: for server-sent
   * events or a WebSocket. A change carries the state of the build, so a repeated one is harmless; of several changes
   * between two polls the last is reported. Changes of this process are reported within about 100 ms, others within
   * about 2 s (`watch.intervalMs`). All watchers of a process share one query.
   *
   * `onReload` means: load the builds again. It is called instead of `onChange` after the database could not be read
   * (also a `worker_problem` of the worker `watch`), after its clock went back, as in a failover, and while more than
   * `watch.maxChanges` (1,000) builds of the tenant change within `watch.overlapMs` (10 s).
   *
   * The race: watch first and load afterwards, and no change is missed; it may begin with changes of the last
   * `overlapMs`. Only a change that commits more than `overlapMs` after it was written may be missed, such as a request
   * in a host transaction that stays open for longer. It is reported with the build's next change.
   *
   * The host checks beforehand who may see the tenant's builds. A tenant without builds is fine. Needs the capability
   * `buildViews`.
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
   * Sends a new message for builds that wait without one, and returns how many. Running workers do so automatically.
   * Needs the capability `sweep`.
   */
  readonly reconcile: () => Promise<number>;
  /** Queue sizes, builds in flight and open circuit breakers, over all tenants. */
  readonly stats: () => Promise<BuildsStats>;
  /**
   * The health of the library over all tenants and processes, for dashboards and alarms: `ok`, or the most severe
   * finding and a list of all. `overdueMs` (default 300,000 ms, five minutes) is how long builds and notifications may
   * be due. The promise never rejects: an unreachable database is a finding. An invalid `overdueMs` throws a
   * `TypeError` synchronously.
   *
   * Do not restart a process because of it: `wrk_unavailable` ends once WRK answers again.
   *
   * @example
   * ```ts
   * const { status, findings } = await builds.health();
   * if (status !== 'ok') logger.warn(findings.map(({ message }) => message).join(' '));
   * ```
   */
  readonly health: (options?: { readonly overdueMs?: number }) => Promise<BuildsHealth>;
  /**
   * The newest dead letters of one tenant: messages that are not handled again unless they are redriven. `limit` has
   * the default 100. Needs the capability `deadLetters`.
   */
  readonly deadLetters: (of: {
    readonly tenantId: string;
    readonly limit?: number;
  }) => Promise<readonly DeadLetter[]>;
  /**
   * Returns dead letters of one tenant to the workers: those with the given ids, or the oldest; `limit` has the default
   * 100. Returns how many wait again; a dead letter is dropped if a message with its key already waits. Needs the
   * capability `deadLetters`.
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

/** Queue sizes and builds in flight. */
export interface BuildsStats {
  readonly buildRequests: QueueStats;
  readonly notifications: QueueStats;
  /** Builds with a live lease; `null` if the storage cannot count them. */
  readonly buildsInFlight: number | null;
  /** The open circuit breakers, that of all tenants first, then those open longest; at most 100. */
  readonly openCircuitBreakers: readonly OpenCircuitBreakerRow[];
}
