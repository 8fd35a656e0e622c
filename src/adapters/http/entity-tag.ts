import { err, ok, type Result } from 'neverthrow';
import type { HttpError } from './http-error.js';
import { invalidInput } from './invalid-input.js';

/**
 * The row version of an automation version as an entity tag: it changes with every write of the row, also with one that leaves
 * `updated_at` alone. It is encoded because a storage may put anything into a row version.
 */
export function entityTag(rowVersion: string): string {
  return `"${Buffer.from(rowVersion).toString('base64url')}"`;
}

/**
 * The row version that `If-Match` names; `null` without the header and for `*`, which matches any version. A proxy that
 * compresses answers marks their tags as weak (`W/"…"`); ours identifies the version and not the bytes, so it is still
 * valid.
 */
export function readIfMatch(headers: Headers): Result<string | null, HttpError> {
  const text = headers.get('if-match')?.trim();
  if (text === undefined || text === '*') return ok(null);
  const tag = /^(?:W\/)?"([\w-]{1,200})"$/.exec(text)?.[1];
  if (tag === undefined) {
    return err(
      invalidInput([{ path: 'If-Match', message: 'must be one `ETag` of this API, unchanged, or *' }]),
    );
  }
  return ok(Buffer.from(tag, 'base64url').toString());
}
