import { err, ok, type Result } from 'neverthrow';
import { type HttpError, transportError } from './http-error.js';

/** Longer than any path and query that is documented, in characters. */
const MAX_URL_LENGTH = 4_096;

/** As many as Node takes by itself, in characters. Other servers may let more through. */
const MAX_HEADERS_LENGTH = 16_384;

/** Refuses what is too long to be an honest request, before anybody reads it. */
export function checkLength({ url, headers }: Request): Result<void, HttpError> {
  if (url.length > MAX_URL_LENGTH) {
    return err(
      transportError('uri_too_long', `Path and query are too long: ${MAX_URL_LENGTH} characters at most.`),
    );
  }
  let length = 0;
  for (const [name, value] of headers) length += name.length + value.length;
  if (length <= MAX_HEADERS_LENGTH) return ok();
  return err(
    transportError(
      'headers_too_large',
      `The headers are too long: ${MAX_HEADERS_LENGTH} characters at most.`,
    ),
  );
}
