import type { Purge } from '../ports/purge.js';

/** How long rows are kept that nothing works on any more, in milliseconds. */
export interface Retention {
  readonly deadLettersMs: number;
  readonly deliveryRecordsMs: number;
  readonly idempotencyAnswersMs: number;
}

/** Rows that went. */
export interface RemovedRows {
  readonly deadLetters: number;
  readonly deliveries: number;
  readonly idempotencyAnswers: number;
}

/** Rows in one statement: some milliseconds of locks. */
const MAX_BATCH_SIZE = 1_000;

/**
 * Removes what is older than `retention`, in batches until nothing is left or `signal` aborts. Safe to run anywhere at
 * any time: those that run at once share out the rows.
 */
export async function removeOldRows(
  purge: Purge,
  { deadLettersMs, deliveryRecordsMs, idempotencyAnswersMs }: Retention,
  signal?: AbortSignal,
): Promise<RemovedRows> {
  let removed: RemovedRows = { deadLetters: 0, deliveries: 0, idempotencyAnswers: 0 };
  for (let full = true; full && !signal?.aborted; ) {
    const limit = MAX_BATCH_SIZE;
    const deadLetters = await purge.deadLetters({ olderThanMs: deadLettersMs, limit });
    const idempotencyAnswers = await purge.idempotencyAnswers({ olderThanMs: idempotencyAnswersMs, limit });
    const deliveries = await purge.deliveryRecords({ olderThanMs: deliveryRecordsMs, limit });
    removed = {
      deadLetters: removed.deadLetters + deadLetters,
      deliveries: removed.deliveries + deliveries,
      idempotencyAnswers: removed.idempotencyAnswers + idempotencyAnswers,
    };
    full = [deadLetters, idempotencyAnswers, deliveries].some((count) => count >= limit);
  }
  return removed;
}
