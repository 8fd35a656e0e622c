import type { BlueprintFinding } from '../../core/build/errors.js';
import * as input from '../../core/input/invalid-input.js';
import { HTTP_ERRORS } from './error-codes.js';
import type { HttpError } from './http-error.js';

/** The answer to an invalid request, with everything that is wrong with it. The paths name parts of the request. */
export function invalidInput(findings: readonly BlueprintFinding[]): HttpError {
  const { code, message, details } = input.invalidInput(findings);
  return { status: HTTP_ERRORS[code].status, body: { error_code: code, message, details } };
}
