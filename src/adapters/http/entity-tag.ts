import { err, ok, type Result } from 'neverthrow';
import type { HttpError } from './http-error.js';
import { invalidInput } from './invalid-input.js';

/** When a version was last written, as an entity tag: no tag may hold the blank that a moment has. */
export function entityTag(updatedAt: string): string {
  return `"${Buffer.from(updatedAt).toString('base64url')}"`;
}

/**
 * The moment that `If-Match` names; `null` without the header, and for `*`, which any version matches. A proxy that
 * compresses answers calls their tags weak (`W/"…"`); ours is of the version and not of the bytes, so it still holds.
 */
export function readIfMatch(headers: Headers): Result<string | null, HttpError> {
  const text = headers.get('if-match')?.trim();
  if (text === undefined || text === '*') return ok(null);
  const tag = /^(?:W\/)?"([\w-]{1,200})"$/.exec(text)?.[1];
  if (tag === undefined) {
    return err(invalidInput([{ path: 'If-Match', message: 'give one `ETag` of ours as it is, or *' }]));
  }
  return ok(Buffer.from(tag, 'base64url').toString());
}
