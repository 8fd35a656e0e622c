/**
 * Removes the rows of one kind that have not changed for more than `olderThanMs` milliseconds, the oldest first, at most
 * `limit`; returns how many. Those that do it at once share out the rows.
 */
export type PurgeRows = (options: {
  readonly olderThanMs: number;
  readonly limit: number;
}) => Promise<number>;

/** Removes what nothing works on any more. Without it nothing is ever removed. */
export interface Purge {
  /** The first answers under idempotency keys, by the time at which they were given. */
  readonly idempotencyAnswers: PurgeRows;
  /** What became of each delivery, by the time of its last attempt. */
  readonly deliveryRecords: PurgeRows;
  /** Dead letters, by the time at which they died. */
  readonly deadLetters: PurgeRows;
}
