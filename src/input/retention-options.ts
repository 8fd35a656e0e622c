import type { Retention } from '../handlers/remove-old-rows.js';

const DAY_MS = 86_400_000;

/**
 * How long the library keeps what it no longer works on, in milliseconds. What is left out has its default.
 *
 * A message that was handled is removed at once. Bindings, the ledger of calls, audit entries and in-app notifications
 * are the host's history, and are never removed.
 */
export type RetentionOptions = Partial<Retention>;

/** Each is longer than anything that could still ask for it; see `Retention`. */
const DEFAULT_RETENTION: Retention = {
  deadLettersMs: 30 * DAY_MS,
  deliveryRecordsMs: 31 * DAY_MS,
  idempotencyAnswersMs: 7 * DAY_MS,
};

/** Reads the times. Throws a TypeError that says what is wrong. */
export function readRetention(options: RetentionOptions = {}): Retention {
  const retention = { ...DEFAULT_RETENTION, ...options };
  for (const [name, ms] of Object.entries(retention)) {
    if (!Number.isFinite(ms) || ms < 0)
      throw new TypeError(`retention.${name} must be a number of milliseconds, 0 or more.`);
  }
  if (retention.deliveryRecordsMs < retention.deadLettersMs) {
    throw new TypeError(
      'retention.deliveryRecordsMs must not be less than retention.deadLettersMs: a dead letter that is redriven would be sent again to those whom it reached.',
    );
  }
  return retention;
}
