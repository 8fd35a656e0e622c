import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** One request as its first bytes came in. */
export interface Arrival {
  /** The id of the call, as its header says. */
  readonly callId: string;
  readonly firstByteAt: number;
}

/** What stands in front of a WRK: it notes when requests begin, and may pass them on late. */
export interface WrkFront {
  readonly url: string;
  readonly arrivals: () => readonly Arrival[];
  readonly close: () => void;
}

const CALL_ID = /^x-wrk-builds-call-id: *(\S+)/im;

/**
 * Opens a way to the WRK of `url`. What comes is passed on after `delayMs()` milliseconds, also when the caller has hung up by
 * then: so a WRK is late that makes its workflow after the caller's deadline.
 */
export async function startWrkFront(url: string, delayMs: () => number): Promise<WrkFront> {
  const { port, hostname } = new URL(url);
  const sockets = new Set<Socket>();
  const arrivals: Arrival[] = [];

  const server = createServer({ allowHalfOpen: true }, (caller) => {
    const wrk = connect({ port: Number(port), host: hostname });
    for (const socket of [caller, wrk]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    let passedAt = 0;
    const later = (run: () => void, delay: number) => {
      passedAt = Math.max(passedAt, Date.now() + delay);
      const wait = passedAt - Date.now();
      if (wait <= 0) run();
      else setTimeout(run, wait);
    };
    caller.on('data', (bytes) => {
      const callId = CALL_ID.exec(bytes.toString('latin1'))?.[1];
      if (callId !== undefined) arrivals.push({ callId, firstByteAt: Date.now() });
      later(() => wrk.write(bytes), delayMs());
    });
    // A caller that hung up has still sent what it sent.
    caller.on('end', () => later(() => wrk.end(), 0));
    caller.on('close', () => later(() => wrk.end(), 0));
    wrk.on('data', (bytes) => caller.write(bytes));
    wrk.on('end', () => caller.end());
    wrk.on('close', (hadError) => (hadError ? caller.resetAndDestroy() : caller.destroySoon()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals: () => arrivals,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
