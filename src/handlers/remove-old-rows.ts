import type { Storage } from './commit-one-by-one.js';

/** How long rows are kept that nothing works on any more, in milliseconds. */
export interface Retention {
  /** Dead letters, from their death on. Default 30 days: ops may come back from a holiday and still redrive them. */
  readonly deadLettersMs: number;
  /**
   * What became of each notification for each recipient, from the last attempt on. Default 31 days, and never less than
   * dead letters: without these rows a redriven letter goes again to those whom it reached.
   */
  readonly deliveryRecordsMs: number;
  /**
   * The first answers under idempotency keys. Default 7 days: clients repeat a request within minutes, and a job that
   * was stopped over a long weekend still gets its answer. A key that comes later is a new request, which the binding
   * of its version refuses or takes as ever.
   */
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
export async function removeOldRows<Tx>(
  { queue, repository }: Pick<Storage<Tx>, 'queue' | 'repository'>,
  { deadLettersMs, deliveryRecordsMs, idempotencyAnswersMs }: Retention,
  signal?: AbortSignal,
): Promise<RemovedRows> {
  let deadLetters = 0;
  let deliveries = 0;
  let idempotencyAnswers = 0;
  for (let full = true; full && !signal?.aborted; ) {
    const dead = await queue.purge({ deadForMs: deadLettersMs, limit: MAX_BATCH_SIZE });
    const rows = await repository.purge({
      answersAfterMs: idempotencyAnswersMs,
      deliveryRecordsAfterMs: deliveryRecordsMs,
      limit: MAX_BATCH_SIZE,
    });
    deadLetters += dead;
    deliveries += rows.deliveries;
    idempotencyAnswers += rows.answers;
    full = [dead, rows.deliveries, rows.answers].some((count) => count >= MAX_BATCH_SIZE);
  }
  return { deadLetters, deliveries, idempotencyAnswers };
}
