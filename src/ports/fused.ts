import type { BuildDecision, Verdict } from '../core/build/decision.js';
import type { ClaimedBuild } from '../core/build/facts.js';
import type { ClaimLimits } from './claim-limits.js';
import type { ClaimedMessage } from './queue.js';

/**
 * Writes decisions with their messages and audit entries; each whole or not at all, each with its own verdict.
 * The race is that of `Repository.save`. An `Error` stands in the place of a decision that the database would not take
 * by itself; it rejects as a whole only when the database cannot be reached.
 */
export type Commit = (decisions: readonly BuildDecision[]) => Promise<readonly (Verdict | Error)[]>;

/** Builds that this process now holds, and messages that led to none. */
export interface ClaimedBuilds {
  readonly builds: readonly ClaimedBuild[];
  /** Messages that name no build of their tenant, or cannot be read; still to be settled by whoever claimed them. */
  readonly unprocessableMessages: readonly ClaimedMessage[];
}

/**
 * Claims due messages of `build-requests`, round-robin by tenant as `Queue.claim` does, and claims their builds. It
 * may bring fewer than `limit` though more is due, and nothing only when nothing is claimable. The race is that of
 * `Repository.claimBuilds`.
 */
export type ClaimDueBuilds = (options: {
  readonly limit: number;
  readonly leaseMs: number;
  /** Default: none. A message whose build would pass one stays, and holds up no other tenant's. */
  readonly limits?: ClaimLimits;
}) => Promise<ClaimedBuilds>;

/**
 * What a family of adapters can do in one statement because repository, queue and audit log share a database.
 * Each is optional: without it the same is done through the ports one by one, and leaves the same rows.
 */
export interface FusedStatements {
  readonly commit: Commit;
  readonly claimDueBuilds: ClaimDueBuilds;
}
