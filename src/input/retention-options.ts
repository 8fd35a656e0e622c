import { DAY_MS, milliseconds, options } from '../core/input/option-kinds.js';
import type { Retention } from '../handlers/remove-old-rows.js';

/**
 * How long the library keeps what it no longer works on, in milliseconds. What is left out has its default.
 *
 * A message that was handled is removed at once. Bindings, the ledger of calls, audit entries and in-app notifications
 * are the host's history, and are never removed.
 */
export type RetentionOptions = Partial<Retention>;

/** A hundred years, for hosts that keep everything. */
const MAX_MS = 36_500 * DAY_MS;

/** How long rows are kept. Each default is longer than anything that could still ask for it; see `Retention`. */
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
