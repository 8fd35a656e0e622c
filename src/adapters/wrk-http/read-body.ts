import type { BodyRead } from './answer-of-response.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a body up to `maxBytes` and gives up on the rest, which closes the connection. Counts what was
 * unpacked, so that a small answer that unpacks to gigabytes stops at the same point. Never rejects.
 *
 * @param signal - ends the reading, also of a stream that has no ear for it itself
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
      // A reader that was cancelled says "done" as if all had come.
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

/** Why a body beyond the cap is not read. */
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
