import { ok } from 'neverthrow';
import { buildRequestMessage } from '../core/build/messages.js';
import type { Sweep, SweepCursor } from '../ports/sweep.js';
import type { Storage } from './commit-one-by-one.js';

type Found = Awaited<ReturnType<Sweep<never>['findStranded']>>;

/** Builds that are looked at in one transaction: enough for a lost queue to be back soon, and no long transaction. */
const MAX_BATCH_SIZE = 1_000;

/**
 * Sends a message again for each build that waits without one, until none is left or `signal` aborts, and returns how
 * many there were.
 *
 * Safe to run anywhere at any time: what one sweep has locked the others skip, and an extra message changes nothing.
 */
export async function reconcile<Tx>(
  { repository, queue }: Pick<Storage<Tx>, 'repository' | 'queue'>,
  { findStranded }: Sweep<Tx>,
  signal?: AbortSignal,
): Promise<number> {
  let woken = 0;
  let cursor: SweepCursor | null = null;
  do {
    const swept = await repository.transaction<Found, never>(async (tx) => {
      // 1. Load those behind the last.
      const found = await findStranded(tx, { limit: MAX_BATCH_SIZE, cursor });

      // 2. Enqueue, while nobody else finds them.
      const messages = found.builds.map((build) => buildRequestMessage(build, 0));
      if (messages.length > 0) await queue.enqueue(tx, messages);
      return ok(found);
    });
    const found: Found = swept._unsafeUnwrap();
    woken += found.builds.length;
    cursor = found.nextCursor;
  } while (cursor && !signal?.aborted);
  return woken;
}
