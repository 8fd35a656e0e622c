/** What was read of a stream. */
export interface CappedRead {
  /** `more`: it holds more than was wanted. `broken`: it failed, or the signal aborted, before its end. */
  readonly end: 'whole' | 'more' | 'broken';
  /** What came until then, and never more than was wanted. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads at most `maxBytes` of a stream, counted as they come, whatever a header says of their number. Gives up on the rest,
 * and waits for nobody to agree to that. Never rejects.
 *
 * @param signal - ends the reading, also of a stream that does not listen to it
 */
export async function readCapped(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<CappedRead> {
  const reader = stream.getReader();
  const giveUp = () => {
    reader.cancel().catch(() => {});
  };
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (signal?.aborted) giveUp();
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // A reader that was cancelled says "done" as if all had come.
      if (signal?.aborted) return { end: 'broken', bytes: joined(chunks, length) };
      if (done) return { end: 'whole', bytes: joined(chunks, length) };
      const wanted = value.subarray(0, maxBytes - length);
      chunks.push(wanted);
      length += wanted.byteLength;
      if (wanted.byteLength < value.byteLength) {
        giveUp();
        return { end: 'more', bytes: joined(chunks, length) };
      }
    }
  } catch {
    giveUp();
    return { end: 'broken', bytes: joined(chunks, length) };
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
