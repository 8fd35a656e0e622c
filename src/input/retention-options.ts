import { DAY_MS, milliseconds, options } from '../core/input/option-kinds.js';

/**
 * How long the library keeps what it no longer works on.
 *
 * A message that was handled is removed at once. Bindings, the ledger of calls, audit entries and in-app notifications
 * are the host's history, and are never removed.
 */
export interface RetentionOptions {
  /**
   * Dead letters, from their death on, in milliseconds, from 0 to 3,153,600,000,000 (100 years). The default leaves ops time
   * to come back from a holiday and redrive them.
   *
   * @default 2_592_000_000 (30 days)
   */
  readonly deadLettersMs?: number | undefined;
  /**
   * What became of each notification for each recipient, from the last attempt on, in milliseconds, from `deadLettersMs`
   * to 3,153,600,000,000 (100 years). Without these rows a redriven message goes again to those whom it reached.
   *
   * @default 2_678_400_000 (31 days)
   */
  readonly deliveryRecordsMs?: number | undefined;
  /**
   * The first answers under idempotency keys, in milliseconds, from 0 to 3,153,600,000,000 (100 years). A key that comes
   * later is a new request. The default lets a job that was stopped over a long weekend still get its answer.
   *
   * @default 604_800_000 (7 days)
   */
  readonly idempotencyAnswersMs?: number | undefined;
}

/** A hundred years, for hosts that keep everything. */
const MAX_MS = 36_500 * DAY_MS;

/** How long rows are kept. Each default is longer than anything that could still ask for it. */
export const retentionSchema = options({
  deadLettersMs: milliseconds(0, MAX_MS).default(30 * DAY_MS),
  deliveryRecordsMs: milliseconds(0, MAX_MS).default(31 * DAY_MS),
  idempotencyAnswersMs: milliseconds(0, MAX_MS).default(7 * DAY_MS),
}).superRefine(({ deadLettersMs, deliveryRecordsMs }, context) => {
  if (deliveryRecordsMs >= deadLettersMs) return;
  context.addIssue({
    code: 'custom',
    path: ['deliveryRecordsMs'],
    params: { wrong: 'is less than retention.deadLettersMs' },
    message:
      'give at least as much, since a dead letter that is redriven would be sent again to those whom it reached',
  });
});
