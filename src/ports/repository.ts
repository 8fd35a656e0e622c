import type { Result } from 'neverthrow';
import type { BuildDecision, Verdict } from '../core/build/decision.js';
import type { BuildFacts, ClaimedBuild, RequestFacts } from '../core/build/facts.js';
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

/** What is asked when a build is requested. */
export interface RequestQuery {
  readonly tenantId: string;
  readonly target:
    | { readonly automationVersionId: string }
    /** Candidates are the project's versions in one of these statuses. */
    | { readonly projectId: string; readonly startableStatuses: readonly string[] };
  readonly idempotency: { readonly operation: string; readonly key: string } | null;
}

/**
 * Where builds are kept, as far as the two flows need it; everything else that a storage can do is a capability of its
 * own: see `Capabilities`. All answers come in the order of what was asked, one for each.
 *
 * Every property is a function type, so that the compiler refuses a queue or an audit log of another `Tx` family.
 */
export interface Repository<Tx> {
  /** The database behind it; `createBuilds` throws unless repository, queue and audit log name the same one. */
  readonly database: object;

  /**
   * Runs `work` in one transaction. A returned `err` rolls back as surely as a throw.
   * `work` may run again after a serialization failure or a deadlock, so it must take its ids from outside.
   */
  readonly transaction: <T, E>(work: (tx: Tx) => Promise<Result<T, E>>) => Promise<Result<T, E>>;

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

  /** Reads builds; `null` for one that does not exist in the tenant. `waitMs` as in `loadRequests`. */
  readonly loadBuilds: (
    builds: readonly BuildReference[],
    options?: { readonly waitMs?: number },
  ) => Promise<readonly (BuildFacts | null)[]>;

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
   * all in one atomic step. Exactly one caller receives a build; to the others, and for builds that are not claimable,
   * the answer is `null`. The lease is counted on database time from this moment.
   *
   * `over_limit`: the build is claimable, but over a limit: `limits` (default none) have no capacity for it, or a circuit
   * breaker that concerns it is open. Of the builds that wait at an open circuit breaker one is let through when its next
   * probe is due, and then none before `leaseMs` have passed: at a circuit breaker of everyone one of all, at that of a
   * tenant one of the tenant's. The facts of a build that was let through show the circuit breaker as it was.
   */
  readonly claimBuilds: (
    builds: readonly BuildReference[],
    options: { readonly leaseMs: number; readonly limits?: ClaimLimits },
  ) => Promise<readonly (ClaimedBuild | 'over_limit' | null)[]>;

  /** Extends leases that are still held under their fence. `false`: lost to another claim or transition, or run out. */
  readonly extendLeases: (
    leases: readonly LeaseReference[],
    options: { readonly leaseMs: number },
  ) => Promise<readonly boolean[]>;
}
