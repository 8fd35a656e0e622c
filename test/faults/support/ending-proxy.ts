import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How a session ends: the server says so first, as in a shutdown, or the connection is just gone. */
export type SessionEnd = 'FATAL' | 'cut';

/** A way to a Postgres server that ends the first session after a given message of the server's. */
export interface EndingProxy {
  readonly url: string;
  /** Whether the session was ended; otherwise it had fewer messages. */
  readonly hasEnded: () => boolean;
  readonly close: () => Promise<void>;
}

const FIELDS = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';

/** What a server sends to a session that `pg_terminate_backend` ends. */
const FATAL = Buffer.concat([Buffer.from('E'), lengthOf(FIELDS), Buffer.from(FIELDS)]);

function lengthOf(body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return length;
}

/**
 * Ends the first session after `number` messages of the server, 0 being the first thing that the client says. The end comes
 * in the same write as that message, so that the driver meets both in one turn of its event loop.
 */
export async function startEndingProxy(url: string, number: number, how: SessionEnd): Promise<EndingProxy> {
  const server = new URL(url);
  const sockets = new Set<Socket>();
  let isFirst = true;
  let hasEnded = false;

  const proxy = createServer((client) => {
    const upstream = connect(Number(server.port || 5432), server.hostname);
    const isFaulty = isFirst;
    isFirst = false;
    let left = number;
    let rest = Buffer.alloc(0);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.end();
      });
    }
    const end = (before: Buffer) => {
      hasEnded = true;
      upstream.destroy();
      if (how === 'FATAL') client.end(Buffer.concat([before, FATAL]));
      else client.write(before, () => client.destroy());
    };
    client.on('data', (bytes) => {
      if (isFaulty && left === 0 && !hasEnded) return end(Buffer.alloc(0));
      if (!upstream.destroyed) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (hasEnded && isFaulty) return;
      if (!isFaulty) return void client.write(bytes);
      rest = Buffer.concat([rest, bytes]);
      let passed = 0;
      while (rest.length >= passed + 5 && rest.length >= passed + 1 + rest.readUInt32BE(passed + 1)) {
        passed += 1 + rest.readUInt32BE(passed + 1);
        left -= 1;
        if (left === 0) return end(rest.subarray(0, passed));
      }
      client.write(rest.subarray(0, passed));
      rest = rest.subarray(passed);
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((proxy.address() as AddressInfo).port);

  return {
    url: through.href,
    hasEnded: () => hasEnded,
    close: async () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await once(proxy, 'close');
    },
  };
}
