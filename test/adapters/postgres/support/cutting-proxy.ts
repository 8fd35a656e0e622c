import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * The moment at which a connection breaks:
 * `before` the server got the statement; `during`: it got the statement, and works on unaware that nobody listens;
 * `after` it has committed, with the answer on its way.
 */
type Moment = 'before' | 'during' | 'after';

interface Cut {
  readonly statement: string;
  readonly moment: Moment;
  /** Runs before the client learns that the connection is gone. */
  readonly meanwhile: () => Promise<void>;
}

/** A way to a Postgres server on which connections break when a test says so. */
export interface CuttingProxy {
  readonly url: string;
  /** Breaks the connection on which the named statement is sent next; cuts of one statement are used up one by one. */
  readonly cut: (statement: string, moment: Moment, meanwhile?: () => Promise<void>) => void;
  /** Cuts that are left. */
  readonly left: () => number;
  readonly close: () => Promise<void>;
}

/** What the server ends every answer with outside of a transaction: ReadyForQuery, idle. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** Opens a proxy in front of the server of `url`. It breaks sockets for real, so that the driver meets what it would meet. */
export async function startCuttingProxy(url: string): Promise<CuttingProxy> {
  const server = new URL(url);
  const cuts: Cut[] = [];
  const sockets = new Set<Socket>();

  const claimCut = (bytes: Buffer) => {
    // The name has a number where other mappings in this process have given it another text.
    const sent = bytes.toString('latin1');
    const index = cuts.findIndex(({ statement }) => new RegExp(`${statement}(_\\d+)?\0`).test(sent));
    return index < 0 ? undefined : cuts.splice(index, 1)[0];
  };

  const proxy = createServer((client) => {
    const upstream = connect(Number(server.port || 5432), server.hostname);
    let current: Cut | undefined;
    const breakOff = async ({ meanwhile }: Cut) => {
      try {
        await meanwhile();
      } finally {
        client.destroy();
      }
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => {
      current ??= claimCut(bytes);
      if (current?.moment === 'before') {
        upstream.destroy();
        void breakOff(current);
        return;
      }
      upstream.write(bytes);
      if (current?.moment === 'during') void breakOff(current);
    });
    upstream.on('data', (bytes) => {
      if (!current) client.write(bytes);
      else if (current.moment === 'after' && bytes.subarray(-READY.length).equals(READY)) {
        upstream.end();
        void breakOff(current);
      }
    });
    client.on('close', () => {
      if (current?.moment !== 'during') upstream.destroy();
    });
    upstream.on('close', () => {
      if (!current) client.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const cuttable = new URL(url);
  cuttable.hostname = '127.0.0.1';
  cuttable.port = String(port);

  return {
    url: cuttable.href,
    cut: (statement, moment, meanwhile = async () => {}) => void cuts.push({ statement, moment, meanwhile }),
    left: () => cuts.length,
    close: async () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await once(proxy, 'close');
    },
  };
}
