import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A server that answers. */
export interface Serving {
  readonly url: string;
  /**
   * Takes no more connections, closes those that ask for nothing, breaks event streams off, and resolves when every other
   * request has its answer; those without one when `leftMs` has run out are broken off as well. Durations in milliseconds.
   */
  readonly stop: (leftMs: number) => Promise<void>;
}

/** Listens, with the application that is made for the address. Rejects where the port is taken. */
export async function serve(
  { port, address }: { readonly port: number; readonly address: string },
  makeApp: (url: string) => RequestListener,
): Promise<Serving> {
  const server = createServer();
  const open = new Set<ServerResponse>();
  // Browsers open connections ahead of their requests; for a closing server, Node waits for those too.
  const silent = new Set<Socket>();
  let stopping = false;
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', (request, response) => {
    silent.delete(request.socket);
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      // A connection that is kept for a next request would keep the process.
      if (stopping) setImmediate(() => server.closeIdleConnections());
    });
  });
  server.listen(port, address);
  await once(server, 'listening');
  const { port: taken, family } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`;
  // No request can have come before this: nothing has been waited for since it listens.
  server.on('request', makeApp(url));

  return {
    url,
    stop: async (leftMs) => {
      stopping = true;
      const closed = once(server, 'close');
      server.close();
      for (const socket of silent) socket.destroy();
      const endStreams = () => {
        for (const response of open) {
          const type = String(response.getHeader('content-type') ?? '');
          if (type.startsWith('text/event-stream')) response.destroy();
        }
      };
      endStreams();
      // A request that is let in only now may become one still.
      const again = setInterval(endStreams, 100);
      const timer = setTimeout(() => server.closeAllConnections(), leftMs);
      await closed;
      clearInterval(again);
      clearTimeout(timer);
    },
  };
}
