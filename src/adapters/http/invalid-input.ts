import type { BlueprintFinding } from '../../core/build/errors.js';
import * as input from '../../core/input/invalid-input.js';
import { type HttpError, toHttpError } from './http-error.js';

/** The answer to an invalid request, with everything that is wrong with it. */
export function invalidInput(findings: readonly BlueprintFinding[]): HttpError {
  return toHttpError(input.invalidInput(findings));
}
