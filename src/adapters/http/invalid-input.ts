import { HTTP_ERRORS } from './error-codes.js';
import type { HttpError } from './http-error.js';

/** A request that cannot be read, with everything that is wrong with it. */
export function invalidInput(
  findings: readonly { readonly path: string; readonly message: string }[],
): HttpError {
  return {
    status: HTTP_ERRORS.invalid_input.status,
    body: {
      error_code: 'invalid_input',
      message: 'The request cannot be read: fix what is listed.',
      details: { findings },
    },
  };
}
