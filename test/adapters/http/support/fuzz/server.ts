import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import { type BuildsHandler, nodeListener } from '../../../../../src/adapters/http/index.js';
import type { WireAnswer } from './answers.js';
import { bytesOf, type Plan } from './plan.js';
import type { RawRequest } from './raw.js';

/** More than any answer takes on the slowest machine; what is not answered by then never is. */
const DEADLINE_MS = 20_000;

/** So many bytes a server has in hand before it answers anything; what is longer it may close upon, in bytes. */
const READ_AT_ONCE = 60_000;

/** All that came back over a connection. */
export interface Exchange {
  readonly bytes: Buffer;
  /** The server closed, or may have, while bytes were still on their way to it: then TCP drops what is left of its answer. */
  readonly broken: boolean;
}

/** A real server in front of a handler that can be exchanged. */
export interface FuzzServer {
  readonly use: (handler: BuildsHandler) => void;
  /** Sends a request as a client would. Rejects when it is not answered at all. */
  readonly send: (plan: Plan) => Promise<WireAnswer>;
  /** Sends bytes, and resolves once the connection is closed and nothing runs for it any more. */
  readonly exchange: (raw: Pick<RawRequest, 'bytes' | 'ending'>) => Promise<Exchange>;
  readonly close: () => Promise<void>;
}

/** Rejects, by name, what does not end. */
async function inTime<Value>(what: string, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} was not over after ${DEADLINE_MS} ms.`)), DEADLINE_MS);
  });
  return Promise.race([work, hang]).finally(() => clearTimeout(timer));
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

/** Starts it on ports of its own. The options are those of `node:http`. */
export async function startFuzzServer(options: ServerOptions = {}): Promise<FuzzServer> {
  let handler: BuildsHandler | null = null;
  let running = 0;
  let idle = () => {};
  const serve = (message: IncomingMessage, answer: ServerResponse) => {
    if (!handler) throw new Error('Give the server a handler first.');
    running += 1;
    void nodeListener(handler)(message, answer).finally(() => {
      running -= 1;
      if (running === 0) idle();
    });
  };
  const forClients = createServer({ keepAliveTimeout: 600_000, ...options }, serve);
  // Whoever sends bytes and says that they are all still wants its answers, or nobody could tell what became of them.
  const forBytes = Object.assign(createServer(options, serve), { httpAllowHalfOpen: true });
  const port = await listen(forClients);
  const portForBytes = await listen(forBytes);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  const untilIdle = () =>
    new Promise<void>((resolve) => {
      idle = resolve;
      if (running === 0) resolve();
    });

  const sendOnce = (plan: Plan) =>
    new Promise<WireAnswer>((resolve, reject) => {
      const { method, path, query, headers } = plan;
      const body = bytesOf(plan);
      const length = body === null ? {} : { 'content-length': body.length };
      const asked = httpRequest(
        {
          host: '127.0.0.1',
          port,
          agent,
          method,
          path: `${path}${query}`,
          headers: { ...headers, ...length },
        },
        (response) => {
          if (response.headers['content-type']?.startsWith('text/event-stream')) {
            // It has begun, and would never end.
            response.destroy();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '{}' });
            return;
          }
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          });
        },
      );
      asked.on('error', reject);
      asked.end(body ?? undefined);
    });

  return {
    use: (next) => {
      handler = next;
    },
    send: async (plan) => {
      const answer = await inTime('A request', sendOnce(plan));
      await inTime('What ran for a request', untilIdle());
      return answer;
    },
    exchange: async ({ bytes, ending }) => {
      const chunks: Buffer[] = [];
      let broken = bytes.length > READ_AT_ONCE;
      const closed = new Promise<void>((resolve) => {
        const socket = connect(portForBytes, '127.0.0.1');
        socket.on('data', (chunk) => chunks.push(chunk));
        socket.on('error', () => {
          broken = true;
        });
        socket.on('close', () => resolve());
        socket.write(bytes, () => {
          if (ending === 'fin') socket.end();
          if (ending === 'reset') socket.destroy();
        });
      });
      await inTime('A connection', closed);
      if (ending === 'reset') await new Promise((resolve) => setImmediate(resolve));
      await inTime('What ran for a connection', untilIdle());
      return { bytes: Buffer.concat(chunks), broken };
    },
    close: async () => {
      agent.destroy();
      for (const server of [forClients, forBytes]) {
        server.closeAllConnections();
        await new Promise<void>((resolve) => server.close(() => resolve()));
      }
    },
  };
}
