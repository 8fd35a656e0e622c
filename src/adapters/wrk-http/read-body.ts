import type { BodyRead } from './answer-of-response.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a body up to `maxBytes`; a larger one is cancelled, which closes the connection. Bytes are counted after
 * decompression, so that a small answer that unpacks to gigabytes stops at the same point. Never rejects.
 *
 * @param signal - ends the reading, even of a stream that ignores it
 */
export async function readBody(response: Response, maxBytes: number, signal: AbortSignal): Promise<BodyRead> {
  if (response.body === null) return { kind: 'whole', text: '' };
  const reader = response.body.getReader();
  const giveUp = () => {
    reader.cancel().catch(() => undefined);
  };
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      // A cancelled reader reports `done` as if the body were complete.
      if (signal.aborted) return { kind: 'cut' };
      if (done) return decode(chunks, size);
      size += value.byteLength;
      if (size > maxBytes) {
        giveUp();
        return { kind: 'unreadable', why: tooLarge(maxBytes) };
      }
      chunks.push(value);
    }
  } catch {
    return { kind: 'cut' };
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** The reason for a body over the limit. */
export function tooLarge(maxBytes: number): string {
  return `it is larger than ${maxBytes} bytes`;
}

function decode(chunks: readonly Uint8Array[], size: number): BodyRead {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size);
  try {
    return { kind: 'whole', text: utf8.decode(bytes) };
  } catch {
    return { kind: 'unreadable', why: 'it is not UTF-8' };
  }
}
