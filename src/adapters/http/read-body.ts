import { err, ok, type Result } from 'neverthrow';
import { readCapped } from '../../runtime/read-capped.js';
import { type HttpError, transportError } from './http-error.js';
import { invalidInput } from './invalid-input.js';

/**
 * Reads a body and counts bytes as they arrive: whatever `Content-Length` says, at most `maxBytes` are kept. Reading stops
 * at the first byte over the limit. A body that breaks off is the client's fault and is refused.
 *
 * Throws if the body has already been read: it would look empty, and its content would be lost.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer>, HttpError>> {
  if (Number(request.headers.get('content-length')) > maxBytes) return err(tooLarge(maxBytes));
  if (request.bodyUsed || request.body?.locked) {
    throw new TypeError(
      'The body was read before the handler received it: read a `request.clone()` instead.',
    );
  }
  if (!request.body) return ok(new Uint8Array());
  const { end, bytes } = await readCapped(request.body, maxBytes);
  if (end === 'more') return err(tooLarge(maxBytes));
  return end === 'whole' ? ok(bytes) : err(invalidInput([{ path: 'body', message: 'is incomplete' }]));
}

function tooLarge(maxBytes: number): HttpError {
  return transportError('body_too_large', `The body is too large: send at most ${maxBytes} bytes.`);
}
