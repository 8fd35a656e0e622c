import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Ways to several servers that share one count of what is sent over them, in both directions. */
export interface CountingProxies {
  /** The address of a way to the server of `url`. */
  readonly through: (url: string) => Promise<string>;
  /**
   * Counts from 0 again, and runs `then` before the message of that number is passed on. What it returns is awaited first:
   * so long the message and what follows on its connection are held.
   */
  readonly at: (number: number, then: (connection: CountedConnection) => void | Promise<void>) => void;
  /** How many were counted since. */
  readonly count: () => number;
  readonly close: () => void;
}

/** The connection over which the counted message came. */
interface CountedConnection {
  /** Breaks it, at both ends: the message is lost. */
  readonly cut: () => void;
}

export function countingProxies(): CountingProxies {
  const sockets = new Set<Socket>();
  const servers: ReturnType<typeof createServer>[] = [];
  let count = 0;
  let armed: { readonly number: number; readonly then: Parameters<CountingProxies['at']>[1] } | null = null;

  const pass = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('error', () => from.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.on('data', (bytes) => {
      count += 1;
      const cut = () => {
        from.destroy();
        to.destroy();
      };
      const held = armed?.number === count ? armed.then({ cut }) : undefined;
      if (!held) {
        to.write(bytes);
        return;
      }
      from.pause();
      void held.then(() => {
        to.write(bytes);
        from.resume();
      });
    });
  };

  return {
    through: async (address) => {
      const url = new URL(address);
      const { port, hostname } = url;
      const server = createServer((client) => {
        const upstream = connect(Number(port), hostname);
        pass(client, upstream);
        pass(upstream, client);
      }).listen(0, '127.0.0.1');
      servers.push(server);
      await once(server, 'listening');
      url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      return url.href.replace(/\/$/, '');
    },
    at: (number, then) => {
      count = 0;
      armed = { number, then };
    },
    count: () => count,
    close: () => {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
