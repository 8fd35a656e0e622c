import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';

/** The body of a message, and how to be rid of what nobody has read of it. */
export interface MessageBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Drops the rest. Until then it would keep the connection from its next request. */
  readonly release: () => void;
}

/**
 * The body of a message, chunk by chunk as it is asked for. What is cancelled or released is read off and dropped: to
 * destroy the message would close the connection, often before the client has the answer.
 */
export function messageBody(message: IncomingMessage): MessageBody {
  let ignore = (_reason: Error) => {};
  const release = () => {
    ignore(new Error('The request has been answered: its body is not to be had any more.'));
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
    // Nothing is read before somebody asks: the rest waits with the client.
    { highWaterMark: 0 },
  );
  return { stream, release };
}
