import { readFileSync } from 'node:fs';
import type { Result } from 'neverthrow';
import type { BlueprintSummary } from '../../../src/core/blueprint/blueprint-policy.js';
import type { BlueprintFinding } from '../../../src/core/build/errors.js';

/** The text of one of the blueprints under `examples/blueprints`. */
export function exampleText(name: string): string {
  return readFileSync(new URL(`../../../examples/blueprints/${name}`, import.meta.url), 'utf8');
}

/** The findings of an answer; none when the blueprint is complete. */
export function findingsOf(
  answer: Result<BlueprintSummary, readonly BlueprintFinding[]>,
): readonly BlueprintFinding[] {
  return answer.match(
    () => [],
    (findings) => findings,
  );
}

/** Where the findings of an answer point, in their order. */
export function pathsOf(answer: Result<BlueprintSummary, readonly BlueprintFinding[]>): readonly string[] {
  return findingsOf(answer).map((finding) => finding.path);
}
