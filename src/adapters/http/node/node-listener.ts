import type { ServerResponse } from 'node:http';
import type { BuildsHandler } from '../web-handler.js';
import { bareError } from './bare-error.js';
import { type NodeRequest, toRequest } from './to-request.js';
import { writeResponse } from './write-response.js';

/** What the host knows of a request besides the message. */
export interface NodeMount {
  /** What stands before the paths of the handler, such as `/api`; default: the handler's own option. */
  readonly basePath?: string | undefined;
  /**
   * What somebody before has made of the body: bytes and text go on as they are, anything else as JSON. Default: the
   * body is read from the message.
   */
  readonly parsedBody?: unknown;
}

/** Answers one message. Never rejects, and so needs no `catch`. */
export type NodeListener = (message: NodeRequest, answer: ServerResponse, mount?: NodeMount) => Promise<void>;

/**
 * The handler for `node:http` and everything that is built on it.
 *
 * The signal of the request fires when the client goes, and a streamed answer is cancelled. Should the handler reject,
 * the answer is a 500 that says nothing of why.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { nodeListener } from 'wrk-builds/http';
 *
 * const listener = nodeListener(handler);
 * createServer((request, response) => listener(request, response)).listen(3000);
 * ```
 */
export function nodeListener(handler: BuildsHandler): NodeListener {
  return async (message, answer, { basePath, parsedBody } = {}) => {
    // Nobody waits for an answer: the client went, or the host has answered, while something ran before.
    if (answer.destroyed || answer.writableEnded || message.socket.destroyed) return;
    const client = new AbortController();
    const leave = () => {
      if (!answer.writableFinished) client.abort();
    };
    answer.once('close', leave);
    // One that waits behind another of its connection has no socket yet, and would never hear that it is gone.
    message.socket.once('close', leave);
    let release = () => {};
    try {
      const read = toRequest(message, client.signal, parsedBody);
      if (read.isErr()) return await writeResponse(read.error, answer, client.signal);
      release = read.value.release;
      const response = await handler(read.value.request, basePath === undefined ? {} : { basePath });
      await writeResponse(response, answer, client.signal);
    } catch {
      const text = 'Something failed on our side: try again in a moment.';
      await writeResponse(bareError(500, 'internal_error', text), answer, client.signal);
    } finally {
      message.socket.off('close', leave);
      release();
    }
  };
}
