import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** One delivery of a mail or a Slack message. */
export interface Delivered {
  readonly key: string;
  readonly versionId: string;
  /** `template channel recipient`. */
  readonly told: string;
}

/** Messages that a process is about to give to the engine, by their ids. */
export interface HandedOver {
  readonly ids: readonly string[];
}

/** Where delivered come in, over HTTP. It remembers all that ever came. */
export interface PostOffice {
  /** The address for one process, so that its delivered can be told from those of others. */
  readonly urlFor: (process: number) => string;
  /** Every delivery, as often as it came. */
  readonly delivered: () => readonly Delivered[];
  /** How often each message was handed over. */
  readonly handOvers: () => ReadonlyMap<string, number>;
  /** DeadLetterList of one process that were taken, and surely not answered yet. */
  readonly inFlight: (process: number) => readonly Delivered[];
  readonly close: () => void;
}

const LATENCY_MS = 100;

/** Opens a post office on loopback that answers each delivery after 100 ms. */
export async function startPostOffice(): Promise<PostOffice> {
  const delivered: { readonly delivery: Delivered; readonly process: number; readonly at: number }[] = [];
  const handOvers = new Map<string, number>();
  const server = createServer(async (request, response) => {
    // A process that is killed while it writes has sent nothing.
    const body = await json(request).catch(() => null);
    if (body === null) return;
    const [, process, kind] = (request.url ?? '').split('/');
    if (kind === 'handed-over') {
      for (const id of (body as HandedOver).ids) handOvers.set(id, (handOvers.get(id) ?? 0) + 1);
      response.end();
      return;
    }
    delivered.push({ delivery: body as Delivered, process: Number(process), at: Date.now() });
    setTimeout(() => response.end(), LATENCY_MS);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    urlFor: (process) => `http://127.0.0.1:${port}/${process}`,
    delivered: () => delivered.map(({ delivery }) => delivery),
    handOvers: () => handOvers,
    inFlight: (process) => {
      // Not those that are nearly due: their answer may be on its way already.
      const since = Date.now() - LATENCY_MS / 2;
      return delivered.flatMap((each) =>
        each.process === process && each.at > since ? [each.delivery] : [],
      );
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
