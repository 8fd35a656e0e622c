import { type HttpError, transportError } from './http-error.js';

/** Failures of the database, by the names that the adapters give them: over sooner or later, by themselves or fixed. */
const OF_THE_DATABASE = new Set(['DatabaseError', 'SchemaMismatch']);

const TRY_AGAIN_S = '2';

/** The answer to something that was thrown. What was thrown stays here: it may tell of tables, addresses and people. */
export function answerToFailure(problem: unknown): HttpError {
  if (problem instanceof Error && OF_THE_DATABASE.has(problem.name)) {
    return transportError(
      'unavailable',
      'We cannot answer just now, and it may have been carried out: send it again with the same Idempotency-Key, or look first.',
      { 'Retry-After': TRY_AGAIN_S },
    );
  }
  return transportError(
    'internal_error',
    'Something failed on our side: send it again with the same Idempotency-Key, and if it stays so tell us the request id.',
  );
}
