import type { Result } from 'neverthrow';
import type { CircuitBreakerFacts, OpenCircuitBreaker } from '../core/build/circuit-breaker-facts.js';
import type { BuildDecision, Verdict } from '../core/build/decision.js';
import type { BuildFacts, ChecklistTaskFacts, ClaimedBuild, RequestFacts } from '../core/build/facts.js';
import type { NotificationChannel, NotificationTemplate } from '../core/build/messages.js';
import type { BindingStatus } from '../core/build/statuses.js';
import type { CircuitBreakerChange } from '../core/circuit-breaker/decide-circuit-breakers.js';
import type { ChangedBuilds } from '../core/views/build-change.js';
import type { BuildRecord } from '../core/views/build-record.js';
import type { ClaimLimits } from './claim-limits.js';

/** Names one build within its tenant. Both must match a row, else there is no such build. */
export interface BuildReference {
  readonly tenantId: string;
  readonly bindingId: string;
}

/** A lease as its holder knows it: the fence tells it from every earlier and later one. */
export interface LeaseReference extends BuildReference {
  readonly fence: number;
}

/** A build that waits and that nothing will wake. */
export interface StrandedBuild extends BuildReference {
  readonly requestId: string;
  readonly priority: number;
}

/** How far a sweep has come: the last build that it looked at. */
export interface SweepCursor {
  readonly bindingId: string;
  /** Since when it might have been taken, as the database prints it, microseconds kept. */
  readonly dueAt: string;
}

/** What is asked when a build is requested. */
export interface RequestQuery {
  readonly tenantId: string;
  readonly target:
    | { readonly automationVersionId: string }
    /** Candidates are the project's versions in one of these statuses. */
    | { readonly projectId: string; readonly startableStatuses: readonly string[] };
  readonly idempotency: { readonly operation: string; readonly key: string } | null;
}

/** Where in a list of builds one has come to. */
export interface BuildCursor {
  /** As `BuildRecord` has it. */
  readonly createdAt: string;
  readonly bindingId: string;
}

/** Which builds are asked for. Everything that is given must be so. */
export interface BuildQuery {
  readonly tenantId: string;
  readonly bindingId?: string | undefined;
  readonly automationVersionId?: string | undefined;
  readonly status?: BindingStatus | undefined;
  readonly errorReason?: string | undefined;
  readonly assigneeId?: string | undefined;
  readonly limit: number;
  /** The last build of the page before. */
  readonly cursor?: BuildCursor | undefined;
}

/** Which changes of builds are asked for. */
export interface ChangeQuery {
  readonly tenantIds: readonly string[];
  /** A time as `ChangedBuilds` has it, of an earlier look; `null`: the moment of this one. */
  readonly since: string | null;
  /** How far behind `since` to begin, in milliseconds. */
  readonly overlapMs: number;
  /** The most builds of each tenant. */
  readonly limit: number;
}

/** How one notification to one recipient stands. */
export interface DeliveryRecord {
  /** Binding, fence, template, channel, recipient, and the part of a fan-out: the same delivery always has the same key. */
  readonly key: string;
  readonly tenantId: string;
  readonly bindingId: string;
  readonly channel: NotificationChannel;
  readonly template: NotificationTemplate;
  readonly recipientId: string;
  readonly status: 'delivered' | 'failed' | 'given_up';
  /** One line, without the message's contents; `null` when delivered. */
  readonly problem: string | null;
}

/** How a delivery stands that needs no further attempt by itself. */
export type SettledDelivery = Exclude<DeliveryRecord['status'], 'failed'>;

/** A circuit breaker that is open, with what the last call that failed at it said. */
export type OpenCircuitBreakerRow = Pick<CircuitBreakerFacts, 'tenantId'> &
  OpenCircuitBreaker & {
    /** One line for ops. It may tell of a call of any tenant. */
    readonly detail: string | null;
  };

/**
 * A race that the database settled against the work in a savepoint: a deadlock, a wait for a lock that ran out, a unique
 * key that somebody else had just taken. The same work on facts read anew may succeed.
 */
export type LostRace = 'lost_race';

/**
 * Where builds are kept. All answers come in the order of what was asked, one for each.
 *
 * Every property is a function type, so that the compiler refuses a queue or an audit log of another `Tx` family.
 */
export interface Repository<Tx> {
  /** The database behind it; `createBuilds` throws unless repository, queue and audit log name the same one. */
  readonly database: object;

  /**
   * Compares what the adapter needs with what is there, and lists what does not fit, each a sentence with the fix.
   * Absent where nothing can be wrong. Rejects when the database cannot be reached.
   */
  readonly verify?: () => Promise<readonly string[]>;

  /**
   * Whether a text can be an id of the host here. Asked for whoever stands in a decision before the decision is made,
   * since an id that no column takes would fail the statement, and with it every decision of its batch.
   */
  readonly isHostId: (id: string) => boolean;

  /**
   * Runs `work` in one transaction. A returned `err` rolls back as surely as a throw.
   * `work` may run again after a serialization failure or a deadlock, so it must take its ids from outside.
   */
  readonly transaction: <T, E>(work: (tx: Tx) => Promise<Result<T, E>>) => Promise<Result<T, E>>;

  /**
   * Runs `work` inside `tx`, so that a returned `err` or a throw undoes what it wrote and gives back the locks it took, and
   * `tx` stays usable; an `ok` keeps both for as long as `tx` lives. `work` uses the `tx` that it is given. Two at once in
   * one `tx` run one after the other.
   *
   * The race: nothing in `work` waits longer than `waitMs` milliseconds for what another transaction holds. It never runs
   * again by itself: what a race undid is an `err` of `lost_race`, and whoever called knows what to read anew.
   *
   * Throws, before `work` runs, when `tx` cannot be joined: it is over, has failed, is read-only, or sees one snapshot for
   * all its statements (READ COMMITTED is expected).
   */
  readonly savepoint: <T, E>(
    tx: Tx,
    work: (tx: Tx) => Promise<Result<T, E>>,
    options: { readonly waitMs: number },
  ) => Promise<Result<T, E | LostRace>>;

  /**
   * Reads the facts behind requests, in one round trip for all of them.
   *
   * `tx`: read there, so that what it changed itself is seen too.
   *
   * `waitMs`: wait first, at most so many milliseconds for each row, until nobody holds the locks that `save` would need.
   * Give it after `busy`; without it nothing waits. A wait that runs out is no error: the facts are read all the same.
   */
  readonly loadRequests: (
    queries: readonly RequestQuery[],
    options?: { readonly waitMs?: number; readonly tx?: Tx },
  ) => Promise<readonly RequestFacts[]>;

  /**
   * Reads what people ask about builds of one tenant, newest first: those that `query` describes, at most `limit`. Two that
   * were requested at the same moment come in a fixed order, so that page after page nothing is left out or told twice.
   */
  readonly findBuilds: (query: BuildQuery) => Promise<readonly BuildRecord[]>;

  /**
   * Reads how builds of these tenants stand that have changed, each build once, from `overlapMs` before `since` on, that
   * moment included: the oldest changes first, at most `limit` of each tenant.
   *
   * The race: a build has the time at which its change was written, and is found once that has committed. So a change
   * that commits late lies before the `now` of a look that did not find it: the overlap is for those.
   */
  readonly findChangedBuilds: (query: ChangeQuery) => Promise<ChangedBuilds>;

  /** Reads builds; `null` for one that does not exist in the tenant. `waitMs` as in `loadRequests`. */
  readonly loadBuilds: (
    builds: readonly BuildReference[],
    options?: { readonly waitMs?: number },
  ) => Promise<readonly (BuildFacts | null)[]>;

  /**
   * Locks the project, so that nobody else changes it before `tx` ends, and then reads the checklist that hangs on it;
   * `null` when the tenant has no such project. It waits for whoever holds the project.
   */
  readonly lockChecklist: (
    tx: Tx,
    project: { readonly tenantId: string; readonly projectId: string },
  ) => Promise<readonly ChecklistTaskFacts[] | null>;

  /** Writes the progress of a project that `tx` has locked, and moves its row version, even when the number stays. */
  readonly saveProgress: (
    tx: Tx,
    project: { readonly tenantId: string; readonly projectId: string; readonly checklistProgress: number },
  ) => Promise<void>;

  /**
   * Writes the rows of decisions: version, project, binding, tasks, ledger, idempotency answer; never messages or audit.
   *
   * The race: of decisions made on the same facts, concurrent or in one call, exactly one gets `ok`. A loser never
   * waits for another transaction's rows or idempotency key: it gets `busy` while they are held, and `stale` or `key_taken`
   * once they were used.
   * Each decision is guarded on its own; what one gets says nothing of the others.
   */
  readonly save: (tx: Tx, decisions: readonly BuildDecision[]) => Promise<readonly Verdict[]>;

  /**
   * Takes the lease of each build that is `pending`, due and not leased, bumps its fence and opens its ledger row,
   * all in one atomic step. Exactly one caller receives a build; to the others, and for builds that are not to be had,
   * the answer is `null`. The lease is counted on database time from this moment.
   *
   * `over_limit`: the build is to be had, but not now, since `limits` (default none) have no capacity for it, or since a circuit breaker
   * that concerns it is open. Of the builds that wait at an open circuit breaker one is let through when
   * its next probe is due, and then none before `leaseMs` have passed: at a circuit breaker of everyone one of all, at that of a
   * tenant one of the tenant's. The facts of a build that was let through show the circuit breaker as it was.
   */
  readonly claim: (
    builds: readonly BuildReference[],
    options: { readonly leaseMs: number; readonly limits?: ClaimLimits },
  ) => Promise<readonly (ClaimedBuild | 'over_limit' | null)[]>;

  /** Extends leases that are still held under their fence. `false`: lost to another claim or transition, or run out. */
  readonly extendLeases: (
    leases: readonly LeaseReference[],
    options: { readonly leaseMs: number },
  ) => Promise<readonly boolean[]>;

  /**
   * Builds that are `pending` and due, held by nobody and, where the adapter can see the queue, without a message.
   * It looks at no more than `limit` builds that are due and unheld, those that have waited longest first, from the one
   * behind `after` on; `next` is where to go on, `null` at the end. Lost messages come back through this and nothing else.
   *
   * The race: what one transaction has found, no other finds before it ends, so that sweeps share out the work.
   */
  readonly findStranded: (
    tx: Tx,
    options: { readonly limit: number; readonly cursor: SweepCursor | null },
  ) => Promise<{ readonly builds: readonly StrandedBuild[]; readonly nextCursor: SweepCursor | null }>;

  /**
   * Which of these were delivered or given up, so that a repeated message resends only what failed; `null`: neither, or not
   * of that tenant.
   */
  readonly findSettledDeliveries: (
    keys: readonly { tenantId: string; key: string }[],
  ) => Promise<readonly (SettledDelivery | null)[]>;

  /** Everyone's circuit breaker and those of these tenants, where something is wrong. */
  readonly loadCircuitBreakers: (tenantIds: readonly string[]) => Promise<readonly CircuitBreakerFacts[]>;

  /** Circuit breakers that are open, everyone's first, then those that have been open longest, at most `limit`. */
  readonly loadOpenCircuitBreakers: (limit: number) => Promise<readonly OpenCircuitBreakerRow[]>;

  /**
   * Writes, adds or removes a circuit breaker. The race: of changes made on the same version exactly one gets `true`; the others
   * wait for it and change nothing. Circuit breakers that one transaction changes are changed in the order of `decideCircuitBreakers`.
   */
  readonly saveCircuitBreaker: (tx: Tx, change: CircuitBreakerChange) => Promise<boolean>;

  /** Builds that a worker holds, of all tenants. */
  readonly countHeld: () => Promise<number>;

  /**
   * Removes idempotency answers, and rows of deliveries, that were written more than so many milliseconds ago, at most
   * `limit` of each; returns how many of each. Those that do it at once share out the rows.
   */
  readonly purge: (options: {
    readonly answersAfterMs: number;
    readonly deliveryRecordsAfterMs: number;
    readonly limit: number;
  }) => Promise<{ readonly answers: number; readonly deliveries: number }>;

  /** Records deliveries; the attempts of each are counted by the adapter. `delivered` is never overwritten. */
  readonly saveDeliveryRecords: (rows: readonly DeliveryRecord[]) => Promise<void>;
}
