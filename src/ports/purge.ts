/**
 * Removes the rows of one kind that have not changed for `olderThanMs` milliseconds, oldest first, at most `limit`;
 * returns how many. Concurrent calls share the rows.
 */
export type PurgeRows = (options: {
  readonly olderThanMs: number;
  readonly limit: number;
}) => Promise<number>;

/** Removes old rows. Without it nothing is ever removed. */
export interface Purge {
  /** Answers under idempotency keys, by the time at which they were given. */
  readonly idempotencyAnswers: PurgeRows;
  /** Delivery records, by the time of the last attempt. */
  readonly deliveryRecords: PurgeRows;
  /** Dead letters, by the time at which they were given up. */
  readonly deadLetters: PurgeRows;
}
