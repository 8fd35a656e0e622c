import { isError } from '../../core/input/error-text.js';
import type { WrkAnswer } from '../../core/orchestration/wrk-answer.js';

/** A system error code; anything else might quote what was sent. */
const CODE = /^[A-Z][A-Z0-9_]{1,60}$/;

/**
 * Classifies a call that ended in an error instead of an answer: `not_sent` when no byte of it was written, otherwise
 * `network_failure`. For a host with several addresses, the error is an `AggregateError`.
 */
export function answerOfFailure({
  wasSent,
  error,
}: {
  readonly wasSent: boolean;
  readonly error: unknown;
}): WrkAnswer {
  const code = codeOf(error);
  const named = code === null ? '' : ` (${code})`;
  if (!wasSent) return { kind: 'not_sent', detail: `WRK could not be reached${named}` };
  return { kind: 'network_failure', detail: `the connection broke before WRK answered${named}` };
}

function codeOf(error: unknown): string | null {
  if (!isError(error)) return null;
  if ('code' in error && typeof error.code === 'string' && CODE.test(error.code)) return error.code;
  return 'errors' in error && Array.isArray(error.errors) ? codeOf(error.errors[0]) : null;
}
