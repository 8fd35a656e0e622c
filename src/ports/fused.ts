import type { BuildDecision, Verdict } from '../core/build/decision.js';
import type { ClaimedBuild } from '../core/build/facts.js';
import type { ClaimLimits } from './claim-limits.js';
import type { ClaimedMessage } from './queue.js';

/**
 * Writes decisions with their messages and audit entries, each atomically and with its own verdict. The race is that of
 * `Repository.save`. The result is a `Refusal` for a decision that the database refuses for good, and an `Error` for one
 * that it may take later; the promise rejects only if the database cannot be reached.
 */
export type Commit = (decisions: readonly BuildDecision[]) => Promise<readonly (Verdict | Error)[]>;

/** Builds that this process now holds, and messages that led to no build. */
export interface ClaimedBuilds {
  readonly builds: readonly ClaimedBuild[];
  /** Messages that name no build of their tenant, or cannot be read; the caller has to settle them. */
  readonly unprocessableMessages: readonly ClaimedMessage[];
}

/**
 * Claims due messages of `build-requests`, round-robin by tenant as `Queue.claim` does, and their builds. May return
 * fewer than `limit` although more are due, and none only if none is claimable. The race is that of
 * `Repository.claimBuilds`.
 */
export type ClaimDueBuilds = (options: {
  readonly limit: number;
  readonly leaseMs: number;
  /** Default: none. A message whose build would exceed one stays, and delays no other tenant. */
  readonly limits?: ClaimLimits;
  /** As in `RequestQuery`. Default: every blueprint is read. */
  readonly maxBlueprintBytes?: number;
}) => Promise<ClaimedBuilds>;

/**
 * What a storage can do in one statement, because repository, queue and audit log share a database. Each is optional:
 * without it the ports are called one by one, and write the same rows.
 */
export interface FusedStatements {
  readonly commit: Commit;
  readonly claimDueBuilds: ClaimDueBuilds;
  /**
   * The ports whose work they do. A statement is used only while the functions that it stands for are the ones passed to
   * `createBuilds`, so that an audit log, a queue or a repository of the host's own is called.
   */
  readonly insteadOf: FusedPorts;
}

/** The ports of a storage, as it passes them to `createBuilds`. */
export interface FusedPorts {
  readonly repository: object;
  readonly queue: object;
  readonly auditLog: object;
}

/** What a storage has of them. */
export type SomeFusedStatements = Partial<FusedStatements> & Pick<FusedStatements, 'insteadOf'>;
