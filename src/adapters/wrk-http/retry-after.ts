/** The longest wait that a `Retry-After` can request, in milliseconds: 15 minutes. */
export const MAX_RETRY_AFTER_MS = 15 * 60_000;

const SECONDS = /^-?\d+(?:\.\d+)?$/;
/** The three date formats of HTTP. `Date.parse` alone would also accept `2` or `May`. */
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
 * How long WRK asks us to wait, in milliseconds, from 0 to {@link MAX_RETRY_AFTER_MS};
 * `null` if the header is missing or unreadable.
 *
 * @param retryAfter - the `Retry-After` header: seconds, or an HTTP date
 * @param date - the `Date` header of the same answer. A date in `Retry-After` is measured against WRK's own clock, so
 *   that a clock that is wrong by an hour does not add an hour to the wait.
 * @param now - the current time in milliseconds, for answers without a readable `Date`
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
