import { readCapped } from '../../runtime/read-capped.js';
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
  const { end, bytes } = await readCapped(response.body, maxBytes, signal);
  switch (end) {
    case 'whole':
      return decode(bytes);
    case 'more':
      return { kind: 'unreadable', why: tooLarge(maxBytes) };
    case 'broken':
      return { kind: 'cut' };
  }
}

/** The reason for a body over the limit. */
export function tooLarge(maxBytes: number): string {
  return `it is larger than ${maxBytes} bytes`;
}

function decode(bytes: Uint8Array): BodyRead {
  try {
    return { kind: 'whole', text: utf8.decode(bytes) };
  } catch {
    return { kind: 'unreadable', why: 'it is not UTF-8' };
  }
}
