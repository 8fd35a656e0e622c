import type { Result } from 'neverthrow';
import type { BuildDecision, Refusal, Verdict } from '../core/build/decision.js';
import type { BuildFacts, ClaimedBuild, RequestFacts } from '../core/build/facts.js';
import type { ClaimLimits } from './claim-limits.js';

/** Identifies one build within its tenant. If no row has both ids, the build does not exist. */
export interface BuildReference {
  readonly tenantId: string;
  readonly bindingId: string;
}

/** A lease as its holder knows it: the fence distinguishes it from every earlier and later one. */
export interface LeaseReference extends BuildReference {
  readonly fence: number;
}

/** What is read when a build is requested. */
export interface RequestQuery {
  readonly tenantId: string;
  readonly target:
    | { readonly automationVersionId: string }
    /** Candidates are the project's versions in one of these statuses. */
    | { readonly projectId: string; readonly startableStatuses: readonly string[] };
  readonly idempotency: { readonly operation: string; readonly key: string } | null;
  /**
   * A blueprint of more bytes is not read: the facts have its size and no text.
   *
   * @default every blueprint is read
   */
  readonly maxBlueprintBytes?: number | undefined;
}

/**
 * Stores builds, as far as the two flows need it; everything else that a storage can do is a capability: see
 * `Capabilities`. Results are in the order of the arguments, one for each.
 *
 * Every property is a function type, so that the compiler rejects a queue or an audit log with another `Tx`.
 */
export interface Repository<Tx> {
  /** The database behind it; `createBuilds` throws unless repository, queue and audit log have the same one. */
  readonly database: object;

  /**
   * Reads what a port of this storage threw: a refusal of the write that no repetition would change, otherwise `null`.
   *
   * @default absent: nothing that a port throws is such a refusal
   */
  readonly refusalOf?: (problem: unknown) => Refusal | null;

  /**
   * Runs `work` in one transaction. A returned `err` rolls back, as a throw does. `work` may run again after a
   * serialization failure or a deadlock, so it must not generate ids itself.
   */
  readonly transaction: <T, E>(work: (tx: Tx) => Promise<Result<T, E>>) => Promise<Result<T, E>>;

  /**
   * Reads the facts behind requests, in one round trip for all of them.
   *
   * `tx`: read in this transaction, and see its own changes.
   *
   * `waitMs`: first wait for the locks that `save` would need, at most so many milliseconds for each row. Used after
   * `busy`; without it nothing waits. A timeout is not an error: the facts are read anyway.
   */
  readonly loadRequests: (
    queries: readonly RequestQuery[],
    options?: { readonly waitMs?: number; readonly tx?: Tx },
  ) => Promise<readonly RequestFacts[]>;

  /**
   * Reads builds; `null` for one that does not exist in the tenant. `waitMs` as in `loadRequests`.
   *
   * `maxBlueprintBytes` as in `RequestQuery`.
   *
   * `ownRows`: read the library's rows alone, because the host's cannot be read. There is then neither version nor project.
   * Only a storage with `refusalOf` is asked for that.
   */
  readonly loadBuilds: (
    builds: readonly BuildReference[],
    options?: { readonly waitMs?: number; readonly ownRows?: boolean; readonly maxBlueprintBytes?: number },
  ) => Promise<readonly (BuildFacts | null)[]>;

  /**
   * Writes the rows of decisions: version, project, binding, tasks, ledger, idempotency answer; never messages or
   * audit.
   *
   * The race: of decisions made on the same facts, concurrent or in one call, exactly one gets `ok`. The others never
   * wait for another transaction's rows or idempotency key: they get `busy` while these are locked, and `stale` or
   * `key_taken` once they have been used. Each decision is guarded on its own and gets its own verdict.
   */
  readonly save: (tx: Tx, decisions: readonly BuildDecision[]) => Promise<readonly Verdict[]>;

  /**
   * Leases each build that is `pending`, due and not leased, increments its fence and opens its ledger row, in one
   * atomic step. Exactly one caller receives a build; the others get `null`, as for builds that are not claimable. The
   * lease starts now, on the database's clock.
   *
   * `over_limit`: the build is claimable, but `limits` (default none) have no capacity for it, or its circuit breaker
   * is open. An open circuit breaker lets one build through as a probe when the next one is due, and no other before
   * `leaseMs` have passed: one of all builds, or one of the tenant's. The facts of a probe show the circuit breaker as
   * it was before.
   *
   * `maxBlueprintBytes` as in `RequestQuery`.
   */
  readonly claimBuilds: (
    builds: readonly BuildReference[],
    options: {
      readonly leaseMs: number;
      readonly limits?: ClaimLimits;
      readonly maxBlueprintBytes?: number;
    },
  ) => Promise<readonly (ClaimedBuild | 'over_limit' | null)[]>;

  /** Extends leases that are still held under their fence. `false`: lost to another claim or transition, or expired. */
  readonly extendLeases: (
    leases: readonly LeaseReference[],
    options: { readonly leaseMs: number },
  ) => Promise<readonly boolean[]>;
}
