import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../../examples/express-host/stand-ins/embedded-server.js';

/** A way to a server that can be cut and fixed. */
export interface TcpProxy {
  readonly url: string;
  /** Breaks every connection, and refuses new ones. */
  readonly cut: () => Promise<void>;
  readonly fix: () => Promise<void>;
  /** Swallows what is sent from now on, as a server that hangs: connections stay open, and nothing comes back. */
  readonly hang: () => void;
}

/** Opens a proxy in front of the server of `url`, on a free loopback port. `cut` closes it for good as well. */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const server = new URL(url);
  const port = await freePort();
  const sockets = new Set<Socket>();
  let hangs = false;
  const proxy = createServer((client) => {
    const upstream = connect(Number(server.port), server.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (bytes) => {
        if (!hangs) to.write(bytes);
      });
    }
  });
  const fix = async () => {
    hangs = false;
    proxy.listen(port, '127.0.0.1');
    await once(proxy, 'listening');
  };
  await fix();
  const through = new URL(url);
  through.host = `127.0.0.1:${port}`;
  return {
    url: through.href,
    fix,
    hang: () => {
      hangs = true;
    },
    cut: async () => {
      if (!proxy.listening) return;
      const closed = once(proxy, 'close');
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
