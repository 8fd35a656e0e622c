import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Of these the host may have set some of its own, which stay. */
const ADDED = ['set-cookie', 'vary'];

/**
 * Sends a Web-standard response, its body as fast as the client takes it. Never rejects once the headers are written:
 * a client that goes, or a body that breaks off, ends both sides.
 *
 * @param gone Fires when the client goes. The answer itself may never hear of it: one that waits behind another of its
 * connection has no socket yet, and does not even end when it is destroyed.
 */
export async function writeResponse(
  response: Response,
  answer: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  // Somebody else has answered meanwhile, or nobody listens any more.
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
  // Whoever knows the length has it all: a stream would cost more than the rest of the answer.
  if (response.headers.has('content-length')) {
    const whole = await response.arrayBuffer().catch(() => null);
    if (whole) answer.end(new Uint8Array(whole));
    else answer.destroy();
    return;
  }
  // The first event may be long in coming, and until the headers are there the client does not know that it is heard.
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) answer.flushHeaders();
  const sent = pipeline(Readable.fromWeb(response.body), answer, { signal: gone }).catch(() => {});
  await Promise.race([sent, once(gone, 'abort')]);
}

/** A body that nobody reads is told so, or whatever feeds it would run on. */
async function drop(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}
