import type { Socket } from 'node:net';

const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back once the socket closes; returns a function that stops waiting. A client may send many requests at once over one
 * connection, so the socket has one listener for all of them.
 */
export function whenSocketCloses(socket: Socket, callback: () => void): () => void {
  const callbacks = waiting.get(socket) ?? listenTo(socket);
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

function listenTo(socket: Socket): Set<() => void> {
  const callbacks = new Set<() => void>();
  waiting.set(socket, callbacks);
  socket.once('close', () => {
    for (const callback of callbacks) callback();
  });
  return callbacks;
}
