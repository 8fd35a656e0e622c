import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** The body of an answer, as far as it came. */
export interface CappedBody {
  /** `more`: it is longer than was wanted. `broken`: it ended too early, or could not be unpacked. */
  readonly end: 'whole' | 'more' | 'broken';
  /** What came until then, and never more than was wanted. */
  readonly bytes: Buffer;
}

/**
 * Reads at most `maxBytes` of a body, counted after unpacking, so that a small answer that unpacks to gigabytes ends at the
 * same point. What is not read to its end costs the connection. Never rejects.
 */
export function readBody(
  response: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): Promise<CappedBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const unpacking = unpackerFor(response.headers['content-encoding']);
    const stream: Readable = unpacking ? response.pipe(unpacking) : response;
    const finish = (end: CappedBody['end']) => {
      signal.removeEventListener('abort', giveUp);
      if (end !== 'whole') {
        response.destroy();
        unpacking?.destroy();
      }
      resolve({ end, bytes: Buffer.concat(chunks, length) });
    };
    const giveUp = () => finish('broken');
    signal.addEventListener('abort', giveUp, { once: true });
    for (const each of new Set([response, stream])) each.on('error', () => finish('broken'));
    response.on('close', () => {
      if (!response.complete) finish('broken');
    });
    stream.on('end', () => finish('whole'));
    stream.on('data', (chunk: Buffer) => {
      const wanted = chunk.subarray(0, maxBytes - length);
      chunks.push(wanted);
      length += wanted.length;
      if (wanted.length < chunk.length) {
        stream.pause();
        finish('more');
      }
    });
  });
}

/** Nothing is asked for in packed form, and some servers pack all the same. */
function unpackerFor(encoding: string | undefined): Transform | null {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return null;
  }
}
