import { readCapped } from '../../runtime/read-capped.js';
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

/** Why a body beyond the cap is not read. */
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
