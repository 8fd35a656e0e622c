import { Result } from 'neverthrow';
import type { BlueprintFinding } from '../build/errors.js';

/** What the rest of a build needs to know about a complete blueprint. */
export interface BlueprintSummary {
  /** The systems it touches: trimmed, each one once, in order of first appearance. */
  readonly systems: readonly string[];
}

/**
 * Decides whether a blueprint is complete. It reads and never changes the document, which goes to WRK untouched.
 * All findings come at once, in the order of the document and however many there are: whoever shows or stores
 * them decides how many are useful. An `err` holds at least one.
 */
export type BlueprintPolicy = (blueprint: unknown) => Result<BlueprintSummary, readonly BlueprintFinding[]>;

// Anchored at the end: an engine that quotes the text in its message does so before its last words,
// and a number out of the quoted text must not pass for a position.
const POSITION = / at position (\d+)(?: \(line \d+ column \d+\))?$/;

function notJson(error: unknown): readonly BlueprintFinding[] {
  const position = POSITION.exec(String(error))?.[1];
  const where = position === undefined ? '' : `; reading stopped at character ${position}, counted from 0`;
  return [{ path: '', message: `The blueprint is not JSON${where}. Save it again as a JSON document.` }];
}

const parseJson = Result.fromThrowable((json: string): unknown => JSON.parse(json), notJson);

/** Reads the stored text of a blueprint and asks the policy about it. Text that is not JSON is one finding at `''`. */
export function readBlueprint(
  json: string,
  policy: BlueprintPolicy,
): Result<BlueprintSummary, readonly BlueprintFinding[]> {
  return parseJson(json).andThen(policy);
}
