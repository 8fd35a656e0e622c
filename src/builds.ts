import type { ResultAsync } from 'neverthrow';
import type { RequestBuildError } from './core/build/errors.js';
import type { RequestAnswer } from './core/build/facts.js';
import type { BuildsHealth } from './core/views/health.js';
import type { ChecklistError, ProjectProgress } from './handlers/record-checklist-change.js';
import type { BuildWatch, DeadLettersInput, HealthOptions, RedriveInput } from './input/call-inputs.js';
import type { RequestBuildInput } from './input/request-build-input.js';
import type { Operations } from './operations.js';
import type { OpenCircuitBreakerRow } from './ports/circuit-breakers.js';
import type { DeadLetter } from './ports/dead-letters.js';
import type { QueueStats } from './ports/queue.js';
import type { BuildWatcher } from './workers/build-feed.js';
import type { WorkerOptions, Workers } from './workers/start-workers.js';

/** How a request is made. */
export interface RequestBuildOptions<Tx> {
  /**
   * An open transaction of the host's, of the family of the repository: `fromPg`, `fromDrizzle`, `fromKysely` and
   * `fromPglite` make one for Postgres, `repository.transaction` gives one in any family. Needs the capability
   * `hostTransactions`.
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
   * Counts a project's checklist anew, after a screen or a job of the host's has changed a task of it. With `tx` that
   * happens in the host's own transaction, as in `requestBuild`, so that task and progress change together. Needs the
   * capabilities `checklists` and `hostTransactions`.
   *
   * The race: of several that complete tasks of one project at once, each waits for the one before, and the last one
   * counts them all.
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
   * Resolves once the database is found to fit, at once without `verifyAtStart`. Rejects with a `SchemaMismatch` that lists
   * everything to fix, or with the database's error when it cannot be reached; asked again, it looks again.
   */
  readonly ready: () => Promise<void>;
  /**
   * Starts working off builds and notifications in this process. Throws a `TypeError` for options that cannot be used.
   *
   * @example
   * ```ts
   * const workers = builds.startWorkers({ concurrency: { builds: 8 } });
   * process.once('SIGTERM', () => void workers.stop());
   * ```
   */
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
   * gravest of what is wrong and a list of all of it. Its promise never rejects: a database that does not answer is an
   * answer. An `overdueMs` that cannot be used throws a `TypeError` at once, before there is a promise.
   *
   * Do not restart a process over it: `wrk_unavailable` is over by itself once WRK answers again.
   *
   * @example
   * ```ts
   * const { status, findings } = await builds.health();
   * if (status !== 'ok') logger.warn(findings.map(({ message }) => message).join(' '));
   * ```
   */
  readonly health: (options?: HealthOptions) => Promise<BuildsHealth>;
  /**
   * The newest messages of one tenant that nobody will handle again unless it is redriven.
   * Needs the capability `deadLetters`.
   */
  readonly deadLetters: (of: DeadLettersInput) => Promise<readonly DeadLetter[]>;
  /**
   * Gives dead letters of one tenant back to the workers: those that are named, or the oldest. Returns how many wait again; one whose key waits already is done with. Needs the capability `deadLetters`.
   *
   * @example
   * ```ts
   * const letters = await builds.deadLetters({ tenantId });
   * await builds.redrive({ tenantId, ids: letters.map(({ id }) => id) });
   * ```
   */
  readonly redrive: (which: RedriveInput) => Promise<number>;
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
