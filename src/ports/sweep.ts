import type { BuildReference } from './repository.js';

/** A due build that no message will wake. */
export interface StrandedBuild extends BuildReference {
  readonly requestId: string;
  readonly priority: number;
}

/** The position of a sweep: the last build that it read. */
export interface SweepCursor {
  readonly bindingId: string;
  /** Since when the build has been claimable, as the database prints it, with microseconds. */
  readonly dueAt: string;
}

/** A build that has ended, with calls whose outcome is unknown. */
export interface UnresolvedBuild extends BuildReference {
  /** How often WRK was asked about them since the run ended, this time included. */
  readonly followUps: number;
}

/**
 * Finds what nobody waits for any more. Builds whose message was lost: a storage whose queue can lose messages needs it: without it such a build waits
 * forever. A queue in the same database loses none, but may still be emptied by hand. And ended
 * builds of which it is not known what all of their calls came to.
 */
export interface Sweep<Tx> {
  /**
   * Finds builds that are `pending`, due, not held and, if the adapter can see the queue, without a message. Reads at
   * most `limit` due builds that are not held, longest waiting first, starting after `cursor`; `nextCursor` continues,
   * `null` is the end. Nothing else restores lost messages.
   *
   * The race: what one transaction has found, no other finds before it ends, so concurrent sweeps share the work.
   */
  readonly findStranded: (
    tx: Tx,
    options: { readonly limit: number; readonly cursor: SweepCursor | null },
  ) => Promise<{ readonly builds: readonly StrandedBuild[]; readonly nextCursor: SweepCursor | null }>;
  /**
   * Takes at most `limit` ended builds whose follow-up is due, longest due first: nobody else gets them for `leaseMs`
   * milliseconds. Builds that are requested or retried meanwhile are no longer followed up.
   */
  readonly takeUnresolved: (options: {
    readonly limit: number;
    readonly leaseMs: number;
  }) => Promise<readonly UnresolvedBuild[]>;
  /**
   * Says when a build that was taken is followed up again, in milliseconds from now; `null`: it is resolved. The race:
   * changes nothing if the build has begun another run meanwhile, or was taken once more.
   */
  readonly followUpAgain: (build: UnresolvedBuild, inMs: number | null) => Promise<void>;
}
