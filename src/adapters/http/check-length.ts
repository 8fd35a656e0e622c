import { err, ok, type Result } from 'neverthrow';
import { type HttpError, transportError } from './http-error.js';

/** In characters. No documented path and query comes close to it. */
const MAX_URL_LENGTH = 4_096;

/** In characters. Node's own limit; other servers may let more through. */
const MAX_HEADERS_LENGTH = 16_384;

/** Refuses an overlong URL or overlong headers before anything reads them. */
export function checkLength({ url, headers }: Request): Result<void, HttpError> {
  if (url.length > MAX_URL_LENGTH) {
    return err(
      transportError('uri_too_long', `The URL is too long: send at most ${MAX_URL_LENGTH} characters.`),
    );
  }
  let length = 0;
  for (const [name, value] of headers) length += name.length + value.length;
  if (length <= MAX_HEADERS_LENGTH) return ok();
  return err(
    transportError(
      'headers_too_large',
      `The headers are too long: send at most ${MAX_HEADERS_LENGTH} characters.`,
    ),
  );
}
