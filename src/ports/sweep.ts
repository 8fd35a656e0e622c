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

/**
 * Finds builds whose message was lost. A storage whose queue can lose messages needs it: without it such a build waits
 * forever. A queue in the same database loses none, but may still be emptied by hand.
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
}
