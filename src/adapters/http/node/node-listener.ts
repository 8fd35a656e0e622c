import type { ServerResponse } from 'node:http';
import type { BuildsHandler } from '../web-handler.js';
import { bareError } from './bare-error.js';
import { checkHandler } from './check-handler.js';
import { whenSocketCloses } from './socket-close.js';
import { type NodeRequest, toRequest } from './to-request.js';
import { writeResponse } from './write-response.js';

/** What the host knows about a request besides the message. */
export interface NodeMount {
  /**
   * The prefix of the handler's paths, such as `/api`.
   *
   * @default the handler's `basePath`
   */
  readonly basePath?: string | undefined;
  /**
   * The body as an earlier parser has read it. Bytes and text are passed on as they are, anything else as JSON.
   *
   * @default the body is read from the message
   */
  readonly parsedBody?: unknown;
}

/** Answers one message. Never rejects, so it needs no `catch`. */
export type NodeListener = (message: NodeRequest, answer: ServerResponse, mount?: NodeMount) => Promise<void>;

/**
 * Serves the handler over `node:http` and frameworks built on it.
 *
 * When the client disconnects, the request's signal aborts and a streamed response is cancelled. If the handler
 * rejects, the response is a 500 that does not reveal the reason.
 *
 * @throws TypeError unless it is a handler
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
  checkHandler('nodeListener', handler);
  return async (message, answer, { basePath, parsedBody } = {}) => {
    // Nobody waits for an answer: the client disconnected, or the host answered, while an earlier step ran.
    if (answer.destroyed || answer.writableEnded || message.socket.destroyed) return;
    const client = new AbortController();
    const leave = () => {
      if (!answer.writableFinished) client.abort();
    };
    answer.once('close', leave);
    // A pipelined answer has no socket until the one before it is done, so it would never see the socket close.
    const stopWaiting = whenSocketCloses(message.socket, leave);
    let release = () => {};
    try {
      const read = toRequest(message, client.signal, parsedBody);
      if (read.isErr()) return await writeResponse(read.error, answer, client.signal);
      release = read.value.release;
      const response = await handler(read.value.request, basePath === undefined ? {} : { basePath });
      await writeResponse(response, answer, client.signal);
    } catch {
      const text = 'Something went wrong on our side: try again in a moment.';
      await writeResponse(bareError(message, 500, 'internal_error', text), answer, client.signal);
    } finally {
      stopWaiting();
      release();
    }
  };
}
