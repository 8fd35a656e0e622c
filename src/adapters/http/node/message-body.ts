import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';

/** The body of a message, and a function that discards its unread rest. */
export interface MessageBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Discards the rest, which would otherwise block the next request on the connection. */
  readonly release: () => void;
}

/**
 * Streams the body of a message, one chunk per pull. After a cancel or release, the rest is read and discarded:
 * destroying the message would close the connection, often before the client has the answer.
 */
export function messageBody(message: IncomingMessage): MessageBody {
  let ignore = (_reason: Error) => {};
  const release = () => {
    ignore(new Error('The request has been answered: its body is no longer available.'));
    message.resume();
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const take = (chunk: Uint8Array) => {
          message.pause();
          controller.enqueue(chunk);
        };
        message.pause();
        message.on('data', take);
        const forget = finished(message, { writable: false }, (problem) => {
          if (problem) controller.error(problem);
          else controller.close();
        });
        ignore = (reason) => {
          message.off('data', take);
          forget();
          controller.error(reason);
        };
      },
      pull() {
        message.resume();
      },
      cancel: release,
    },
    // Nothing is read ahead: backpressure reaches the client.
    { highWaterMark: 0 },
  );
  return { stream, release };
}
