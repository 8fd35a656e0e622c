/** The longest wait that a `Retry-After` can ask of us, in milliseconds: 15 minutes. */
export const MAX_RETRY_AFTER_MS = 15 * 60_000;

const SECONDS = /^-?\d+(?:\.\d+)?$/;
/** The three spellings of a date that HTTP knows. `Date.parse` alone would also read `2` or `May`. */
const DATE_WITH_ZONE =
  /^(?:[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4}|[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2}) \d{2}:\d{2}:\d{2} GMT$/;
const DATE_WITHOUT_ZONE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

function readHttpDate(text: string): number | null {
  const zoned = DATE_WITHOUT_ZONE.test(text) ? `${text} GMT` : text;
  if (zoned === text && !DATE_WITH_ZONE.test(text)) return null;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? null : time;
}

/**
 * How long WRK asks us to wait, in milliseconds, clamped to 0 up to {@link MAX_RETRY_AFTER_MS};
 * `null` where it does not ask or cannot be understood.
 *
 * @param retryAfter - the `Retry-After` header: seconds, or an HTTP date
 * @param date - the `Date` header of the same answer. A date is a wait only against the clock that wrote
 *   it, so that a WRK whose clock is wrong by an hour does not ask for an hour.
 * @param now - our own clock in milliseconds, for answers without a readable `Date`
 */
export function readRetryAfter(retryAfter: string | null, date: string | null, now: number): number | null {
  if (retryAfter === null) return null;
  const text = retryAfter.trim();
  if (SECONDS.test(text)) return clamp(Number(text) * 1000);
  const until = readHttpDate(text);
  if (until === null) return null;
  return clamp(until - ((date === null ? null : readHttpDate(date.trim())) ?? now));
}

function clamp(ms: number): number {
  return Math.min(Math.max(Math.round(ms), 0), MAX_RETRY_AFTER_MS);
}
