import { err, ok, type Result } from 'neverthrow';
import { readCapped } from '../../runtime/read-capped.js';
import { type HttpError, transportError } from './http-error.js';
import { invalidInput } from './invalid-input.js';

/**
 * Reads a body of at most `maxBytes`. Reading stops at the first byte too many. One that breaks off is the client's doing, and is refused.
 *
 * Throws where somebody has read the body before: it would look like an empty one, and what it said would be lost.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer>, HttpError>> {
  if (Number(request.headers.get('content-length')) > maxBytes) return err(tooLarge(maxBytes));
  if (request.bodyUsed || request.body?.locked) {
    throw new TypeError('The body was read before the handler got it: let hooks read a `request.clone()`.');
  }
  if (!request.body) return ok(new Uint8Array());
  const { end, bytes } = await readCapped(request.body, maxBytes);
  if (end === 'more') return err(tooLarge(maxBytes));
  return end === 'whole'
    ? ok(bytes)
    : err(invalidInput([{ path: 'body', message: 'breaks off before its end' }]));
}

function tooLarge(maxBytes: number): HttpError {
  return transportError('body_too_large', `The body is too large: send at most ${maxBytes} bytes.`);
}
