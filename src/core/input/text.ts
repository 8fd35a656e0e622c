import * as z from 'zod';
import type { BlueprintFinding } from '../build/errors.js';

/** Text that a caller gives: not empty, and without NUL or half of a surrogate pair, which no database stores as text. */
export const storableText = z
  .string()
  .min(1)
  .regex(/^[^\0\p{Surrogate}]*$/u, 'leave out NUL and lone surrogates');

/** An id that a caller gives, of at most 200 characters. Whether the host's tables have a place for it is asked elsewhere. */
export const idText = storableText.max(200);

/** What zod found wrong with an input, as the library tells it: the path within the input, and what to do about it. */
export function findingsOf({ issues }: z.ZodError): BlueprintFinding[] {
  return issues.map(({ path, message }) => ({ path: path.join('.'), message }));
}
