import { HTTP_ERRORS } from './error-codes.js';
import type { HttpError } from './http-error.js';

/** The answer to an invalid request, with everything that is wrong with it. */
export function invalidInput(
  findings: readonly { readonly path: string; readonly message: string }[],
): HttpError {
  return {
    status: HTTP_ERRORS.invalid_input.status,
    body: {
      error_code: 'invalid_input',
      message: 'The request is invalid: fix the listed problems.',
      details: { findings },
    },
  };
}
