import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** A server that answers on loopback. */
export interface Running {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts a server on a free port. */
export async function listen(server: Server & { closeAllConnections?: () => void }): Promise<Running> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections?.();
      server.close();
    },
  };
}
