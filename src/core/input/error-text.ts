import { redactSecrets } from './secret.js';

/** Kinds of errors, also of another realm: in Jest, what Node throws is no `Error` of the test that catches it. */
const ERROR_TAGS = ['[object Error]', '[object DOMException]'];

/** Whether it is an `Error` of any realm. */
export function isError(problem: unknown): problem is Error {
  return (
    attempt(() => problem instanceof Error || ERROR_TAGS.includes(Object.prototype.toString.call(problem))) ??
    false
  );
}

/**
 * The message of what was thrown; of what is no `Error`, its text. It may quote anything, so it is only for the host's own
 * log. Never throws: JavaScript can throw an object that cannot be turned into text.
 */
export function errorText(problem: unknown): string {
  return attempt(() => (isError(problem) ? String(problem.message) : String(problem))) ?? NO_TEXT;
}

/** The name of what was thrown, for places where its message must not be repeated; `null`: it is no `Error`. */
export function errorName(problem: unknown): string | null {
  return attempt(() => (isError(problem) ? String(problem.name) : null));
}

/** What was thrown, as an `Error`: JavaScript can throw anything. */
export function asError(problem: unknown): Error {
  return isError(problem) ? problem : new Error(errorText(problem));
}

/** The most characters that are repeated of what a function of the host throws. */
const MAX_PROBLEM_LENGTH = 200;

/**
 * Name and message of what a function of the host threw, as a safe line. `hidden` are texts that must not be repeated.
 */
export function problemLine(problem: unknown, hidden: readonly (string | undefined)[] = []): string {
  const text = errorText(problem);
  const name = errorName(problem);
  if (name !== null) return safeLine(text === '' ? name : `${name}: ${text}`, hidden);
  return typeof problem === 'string' ? safeLine(text, hidden) : `${kindOfValue(problem)}, which is no Error`;
}

/**
 * What a function of the host says, as one line of at most 200 characters, for events and for the ops team. Secrets that the
 * library knows are redacted, and so are credentials of a header; a URL is cut to its origin, since user and password stand
 * before it and tokens behind it.
 */
export function safeLine(text: string, hidden: readonly (string | undefined)[] = []): string {
  const safe = redactSecrets(text.slice(0, 5 * MAX_PROBLEM_LENGTH), hidden)
    .replace(/([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@"'<>]*@)?([^\s/?#"'<>]+)[^\s"'<>]*/giu, '$1$2')
    .replace(/\b(bearer|basic)\s+\S+/giu, '$1 [redacted]');
  const line = safe.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > MAX_PROBLEM_LENGTH ? `${line.slice(0, MAX_PROBLEM_LENGTH - 1)}…` : line;
}

/** What a value is, without the value: for answers that cannot be used. */
export function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const NO_TEXT = 'an object that has no text';

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
