import type * as z from 'zod';
import type { BlueprintFinding } from '../build/errors.js';
import { keysAt, nearestKey } from './known-keys.js';
import { valueAt, whatIsWrong } from './read-options.js';

/** A key comes from anybody. What is longer than any of ours is not compared with them. */
const MAX_KEY_LENGTH = 50;

/** Unknown keys that are told of one object. */
const MAX_UNKNOWN_KEYS = 20;

/**
 * What zod found wrong with an input, in the voice of options: the path within the input, and
 * `<what is wrong>: <what to give>`. The schema's messages say what to give. No value is repeated.
 */
export function findingsOf({ issues }: z.ZodError, schema: z.ZodType, given: unknown): BlueprintFinding[] {
  return issues.flatMap((issue) => {
    const { path } = issue;
    if (issue.code !== 'unrecognized_keys') {
      const message = `${whatIsWrong(issue, valueAt(given, path))}: ${issue.message}`;
      return [{ path: path.join('.'), message }];
    }
    const known = keysAt(schema, path);
    return issue.keys.slice(0, MAX_UNKNOWN_KEYS).map((key) => {
      const near = key.length > MAX_KEY_LENGTH ? null : nearestKey(key, known);
      const give = near === null ? whatIsKnown(known) : `did you mean “${near}”?`;
      return { path: [...path, key].join('.'), message: `is unknown: ${give}` };
    });
  });
}

function whatIsKnown(known: readonly string[]): string {
  return known.length === 0 ? 'leave it out' : `leave it out, or give one of ${known.join(', ')}`;
}
