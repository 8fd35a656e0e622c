import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Headers that are appended: the host may have set values of its own, which stay. */
const ADDED = ['set-cookie', 'vary'];

/**
 * Sends a Web-standard response and streams its body with backpressure. Never rejects once the headers are written: a
 * client that disconnects, or a body that fails, ends both sides.
 *
 * @param gone Aborts when the client disconnects. The answer itself may never learn of it: a pipelined answer has no
 * socket until the one before it is done, and does not even end when it is destroyed.
 */
export async function writeResponse(
  response: Response,
  answer: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  // The host has answered in the meantime, or the client has disconnected.
  if (answer.headersSent || answer.destroyed || gone.aborted) {
    await drop(response);
    return;
  }
  answer.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (ADDED.includes(name)) answer.appendHeader(name, value);
    else answer.setHeader(name, value);
  }
  if (response.body === null || answer.req.method === 'HEAD') {
    answer.end();
    await drop(response);
    return;
  }
  // A body with a known length is complete: streaming it would cost more than the rest of the response.
  if (response.headers.has('content-length')) {
    const whole = await response.arrayBuffer().catch(() => null);
    if (whole) answer.end(new Uint8Array(whole));
    else answer.destroy();
    return;
  }
  // The first event may take long, and until the headers arrive the client does not know that it is connected.
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) answer.flushHeaders();
  const sent = pipeline(Readable.fromWeb(response.body), answer, { signal: gone }).catch(() => {});
  await Promise.race([sent, once(gone, 'abort')]);
}

/** Cancels an unread body, so that its source does not keep running. */
async function drop(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}
