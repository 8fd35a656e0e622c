import type { ResultAsync } from 'neverthrow';
import type { RequestBuildError } from './core/build/errors.js';
import type { RequestAnswer } from './core/build/facts.js';
import type { BuildsHealth, RefusedOutcomes } from './core/views/health.js';
import type { ChecklistError, ProjectProgress } from './handlers/record-checklist-change.js';
import type { BuildWatch, DeadLettersInput, HealthOptions, RedriveInput } from './input/call-inputs.js';
import type { RequestBuildInput } from './input/request-build-input.js';
import type { Operations } from './operations.js';
import type { OpenCircuitBreakerRow } from './ports/circuit-breakers.js';
import type { DeadLetter } from './ports/dead-letters.js';
import type { QueueStats } from './ports/queue.js';
import type { BuildWatcher } from './workers/build-feed.js';
import type { WorkerOptions, Workers } from './workers/start-workers.js';

/** Options of a request. */
export interface RequestBuildOptions<Tx> {
  /**
   * An open transaction of the host's, of the family of the repository: `fromPg`, `fromDrizzle`, `fromKysely`, `fromKnex`,
   * `fromPrisma`, `fromPostgresJs` and `fromPglite` make one for Postgres, `repository.transaction` gives one in any family.
   * The host's `prerequisites` are asked in it. Needs the capability `hostTransactions`.
   *
   * @default a transaction of our own
   */
  readonly tx?: Tx | undefined;
}

interface ProjectReference {
  /** Id of the tenant. */
  readonly tenantId: string;
  /** Id of the tenant's project. */
  readonly projectId: string;
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
   * const requested = await builds.requestBuild({ tenantId, automationVersionId, trigger: 'patch_status', userId });
   * if (requested.isOk()) return reply(202, requested.value.bindingId);
   * const { error } = requested;
   * switch (error.code) {
   *   case 'invalid_input':
   *     return reply(400, error.details.findings.map(({ path, message }) => `${path} ${message}`).join('; '));
   *   case 'build_already_in_progress':
   *     return reply(409, error.details.automationVersionId);
   *   default:
   *     return reply(422, error.message);
   * }
   * ```
   *
   * @example
   * ```ts
   * import { eq } from 'drizzle-orm';
   * import { fromDrizzle } from 'wrk-builds/postgres';
   *
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
   * host's own transaction, as in `requestBuild`, so task and progress change together. Where tasks name versions, those of
   * the version count that is being built, or was built last. Needs the capabilities `checklists` and `hostTransactions`.
   *
   * The race: concurrent calls for one project run one after the other, and the last one counts all tasks.
   * The race with a `tx`: while another transaction has locked the project, the call tries again for at most `lockWaitMs`
   * and then returns `concurrency_conflict`; the transaction is still usable. It never waits in the server, so it is part
   * of no deadlock, although `tx` has locked a task before the project.
   *
   * @example
   * ```ts
   * import { eq } from 'drizzle-orm';
   * import { fromDrizzle } from 'wrk-builds/postgres';
   *
   * await db.transaction(async (tx) => {
   *   await tx.update(tasks).set({ status: 'complete' }).where(eq(tasks.id, taskId));
   *   await builds.recordChecklistChange({ tenantId, projectId }, { tx: fromDrizzle(tx) });
   * });
   * ```
   */
  readonly recordChecklistChange: (
    project: ProjectReference,
    options?: RequestBuildOptions<Tx>,
  ) => ResultAsync<ProjectProgress, ChecklistError>;
  /**
   * Resolves once the database has been verified; without `verifyAtStart`, at once. Rejects with a `SchemaMismatch`
   * that lists everything to fix, or with the database's error. Each call after a rejection verifies again.
   */
  readonly ready: () => Promise<void>;
  /**
   * Whether a text can be an id in the host's tables: where their ids are UUIDs, only a UUID can. The HTTP handler holds what
   * `authenticate` returns against it. Without the capability `hostSchema`, every text can.
   */
  readonly isHostId: (id: string) => boolean;
  /**
   * The flows' word for a label of a version's status in the host's tables, such as `Build in Progress` for `BuildInProgress`;
   * any other text comes back as it is. The HTTP handler reads statuses through it.
   */
  readonly versionStatusOf: (label: string) => string;
  /**
   * Starts processing builds and notifications in this process. Throws a `TypeError` for options that cannot be used.
   *
   * @example
   * ```ts
   * const workers = builds.startWorkers({ concurrency: { builds: 8 } });
   * process.once('SIGTERM', () => void workers.stop());
   * ```
   */
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
  readonly health: (options?: HealthOptions) => Promise<BuildsHealth>;
  /**
   * The newest dead letters of one tenant: messages that are not handled again unless they are redriven. `limit` has
   * the default 100. Needs the capability `deadLetters`.
   */
  readonly deadLetters: (of: DeadLettersInput) => Promise<readonly DeadLetter[]>;
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
  readonly redrive: (which: RedriveInput) => Promise<number>;
}

/** Queue sizes and builds in flight. */
export interface BuildsStats {
  readonly buildRequests: QueueStats;
  readonly notifications: QueueStats;
  /** Builds with a live lease; `null` if the storage cannot count them. */
  readonly buildsInFlight: number | null;
  /** Builds that wait in `error` as `outcome_refused`; `null` if the storage cannot count them. */
  readonly refusedOutcomes: RefusedOutcomes | null;
  /** The open circuit breakers, that of all tenants first, then those open longest; at most 100. */
  readonly openCircuitBreakers: readonly OpenCircuitBreakerRow[];
}
