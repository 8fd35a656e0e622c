import { err, ok, type Result } from 'neverthrow';
import { type HttpError, transportError } from './http-error.js';
import { invalidInput } from './invalid-input.js';

/**
 * Reads a body, counting bytes as they come: whatever a header says of its length, no more than `maxBytes` are kept.
 * Reading stops at the first byte too many. One that breaks off is the client's doing, and is refused.
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
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    // Leaving the loop early cancels the stream.
    for await (const chunk of request.body) {
      length += chunk.byteLength;
      if (length > maxBytes) return err(tooLarge(maxBytes));
      chunks.push(chunk);
    }
  } catch {
    return err(invalidInput([{ path: 'body', message: 'breaks off before its end' }]));
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return ok(body);
}

function tooLarge(maxBytes: number): HttpError {
  return transportError('body_too_large', `The body is too large: send at most ${maxBytes} bytes.`);
}
