import { ok } from 'neverthrow';
import { buildRequestMessage } from '../core/messages.js';
import type { Storage } from './commit-one-by-one.js';

/** Stranded builds that one sweep wakes; the next sweep takes the rest. */
const MOST_BUILDS = 500;

/**
 * Sends a message again for each build that waits without one, and returns how many there were.
 *
 * Safe to run anywhere at any time: a message too many changes nothing.
 */
export async function reconcile<Tx>({ repository, queue }: Storage<Tx>): Promise<number> {
  // 1. Load.
  const stranded = await repository.findStranded({ limit: MOST_BUILDS });
  if (stranded.length === 0) return 0;

  // 2. Enqueue.
  await repository.transaction(async (tx) => {
    await queue.enqueue(
      tx,
      stranded.map((build) => buildRequestMessage(build, 0)),
    );
    return ok(undefined);
  });
  return stranded.length;
}
