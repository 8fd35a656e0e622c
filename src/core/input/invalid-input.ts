import type { BlueprintFinding } from '../build/errors.js';

/** An input that cannot be read, each finding with its path in it. */
export interface InvalidInput {
  readonly code: 'invalid_input';
  readonly message: string;
  readonly details: { readonly findings: readonly BlueprintFinding[] };
}

/** Refuses an input, whichever function it was given to. */
export function invalidInput(findings: readonly BlueprintFinding[]): InvalidInput {
  return {
    code: 'invalid_input',
    message: 'The input is invalid: fix the listed problems.',
    details: { findings },
  };
}
