import { err, ok, type Result } from 'neverthrow';
import { type HttpError, transportError } from './http-error.js';

/** Longer than any path and query that is documented, in characters. */
const LONGEST_URL = 4_096;

/** As many as Node takes by itself, in characters. Other servers may let more through. */
const LONGEST_HEADERS = 16_384;

/** Refuses what is too long to be an honest request, before anybody reads it. */
export function checkLength({ url, headers }: Request): Result<void, HttpError> {
  if (url.length > LONGEST_URL) {
    return err(
      transportError('uri_too_long', `Path and query are too long: ${LONGEST_URL} characters at most.`),
    );
  }
  let length = 0;
  for (const [name, value] of headers) length += name.length + value.length;
  if (length <= LONGEST_HEADERS) return ok();
  return err(
    transportError('headers_too_large', `The headers are too long: ${LONGEST_HEADERS} characters at most.`),
  );
}
