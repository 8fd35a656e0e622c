import type { BuildReference } from './repository.js';

/** A build that waits and that nothing will wake. */
export interface StrandedBuild extends BuildReference {
  readonly requestId: string;
  readonly priority: number;
}

/** How far a sweep has come: the last build that it looked at. */
export interface SweepCursor {
  readonly bindingId: string;
  /** Since when it might have been claimed, as the database prints it, microseconds kept. */
  readonly dueAt: string;
}

/**
 * Finds builds whose message was lost. A storage whose queue can lose a message needs it: without it such a build waits
 * for ever. A queue in the database of the builds loses none by itself, and still may be emptied by hand.
 */
export interface Sweep<Tx> {
  /**
   * Builds that are `pending` and due, held by nobody and, where the adapter can see the queue, without a message.
   * It looks at no more than `limit` builds that are due and unheld, those that have waited longest first, from the one
   * behind `cursor` on; `nextCursor` is where to go on, `null` at the end. Lost messages come back through this and
   * nothing else.
   *
   * The race: what one transaction has found, no other finds before it ends, so that sweeps share out the work.
   */
  readonly findStranded: (
    tx: Tx,
    options: { readonly limit: number; readonly cursor: SweepCursor | null },
  ) => Promise<{ readonly builds: readonly StrandedBuild[]; readonly nextCursor: SweepCursor | null }>;
}
