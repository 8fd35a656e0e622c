import { isError } from '../../core/input/error-text.js';
import { type HttpError, transportError } from './http-error.js';

/** Database failures, by the error names that the adapters use. They end sooner or later, by themselves or once fixed. */
const OF_THE_DATABASE = new Set(['DatabaseError', 'SchemaMismatch']);

const TRY_AGAIN_S = '2';

/** The answer to a thrown error. It never contains the error itself, which may reveal tables, addresses and people. */
export function answerToFailure(problem: unknown): HttpError {
  if (isError(problem) && OF_THE_DATABASE.has(problem.name)) {
    return transportError(
      'unavailable',
      'The service is temporarily unavailable, and the request may have been carried out: send it again with the same Idempotency-Key, or read the build first.',
      { 'Retry-After': TRY_AGAIN_S },
    );
  }
  return transportError(
    'internal_error',
    'Something went wrong on our side: send the request again with the same Idempotency-Key. If it keeps failing, contact us with the request id.',
  );
}
