// Node's own modules and not names imported from them: whoever intercepts HTTP replaces what is on these objects.
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { type CappedBody, readBody } from './read-body.js';

/** One request to another server. */
export interface Outgoing {
  readonly url: string;
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the exchange, the body of the answer included. */
  readonly signal: AbortSignal;
  /** How much of the answer's body is read, in bytes after unpacking. */
  readonly maxBytes: number;
  /**
   * Asked once the connection stands, right before the first byte is written; nothing is sent if it says no.
   *
   * @default yes
   */
  readonly mayBegin?: () => boolean;
}

/** What became of one request. */
export type Exchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly header: (name: string) => string | null;
      readonly body: CappedBody;
    }
  /** `mayBegin` said no. */
  | { readonly kind: 'not_begun' }
  /** No answer came. With `wasSent` `false` the other side has not seen a byte of the request. */
  | { readonly kind: 'failed'; readonly wasSent: boolean; readonly error: unknown };

/**
 * Under the 5 s after which a server of Node's closes an idle connection: a request on a connection that is just being
 * closed fails, and nobody can tell whether it was read. A server that announces less is believed.
 */
const IDLE_MS = 4_000;

/** Connections of ours that do not stand yet. What an interceptor puts in their place is never among them. */
const connecting = new WeakSet<object>();

function keepAlive<Agent extends http.Agent>(agent: Agent, ready: 'connect' | 'secureConnect'): Agent {
  const connect = agent.createConnection;
  agent.createConnection = (options, callback) => {
    const socket = connect.call(agent, options, callback);
    if (socket) {
      connecting.add(socket);
      socket.once(ready, () => connecting.delete(socket));
    }
    return socket;
  };
  return agent;
}

const OVER = {
  'http:': {
    module: http,
    agent: keepAlive(new http.Agent({ keepAlive: true, timeout: IDLE_MS }), 'connect'),
    ready: 'connect',
  },
  'https:': {
    module: https,
    agent: keepAlive(new https.Agent({ keepAlive: true, timeout: IDLE_MS }), 'secureConnect'),
    ready: 'secureConnect',
  },
} as const;

/**
 * Sends a request, once, over a connection that is kept for the next one. It follows no redirect, sends nothing again and
 * caches nothing, whatever the host has made of the global `fetch`. Never rejects.
 *
 * The race: between the decision to call and the first byte lie a name lookup, a connection and a handshake, and a process
 * may stand still for all of it. So `mayBegin` is asked at the last moment at which nothing has been sent.
 */
export function sendOnce(outgoing: Outgoing): Promise<Exchange> {
  const { url, method, headers, body, signal, maxBytes, mayBegin = () => true } = outgoing;
  return new Promise((resolve) => {
    const { module, agent, ready } = OVER[url.startsWith('https:') ? 'https:' : 'http:'];
    let wasSent = false;
    let hasAnswer = false;
    const settle = (exchange: Exchange) => {
      signal.removeEventListener('abort', end);
      resolve(exchange);
    };
    const fail = (error: unknown) => {
      if (!hasAnswer) settle({ kind: 'failed', wasSent, error });
    };
    let request: http.ClientRequest;
    try {
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      request = module.request(url, { method, headers: { ...headers, ...length }, agent });
    } catch (error) {
      // An address or a header that Node refuses.
      resolve({ kind: 'failed', wasSent, error });
      return;
    }
    // Not left to the events of the request: what stands in for a server in tests may keep them back.
    const end = () => {
      const ended = new Error('The request was ended.');
      fail(ended);
      request.destroy(ended);
    };
    const isRefused = () => {
      if (mayBegin()) return false;
      settle({ kind: 'not_begun' });
      request.destroy();
      return true;
    };
    const begin = (socket: Socket) => {
      if (request.destroyed || isRefused()) return;
      // Put into bytes and held back, so that between the last question and the write lies next to nothing. `end` lets go of it.
      socket.cork();
      request.flushHeaders();
      request.write(body);
      if (isRefused()) return;
      wasSent = true;
      request.end();
    };

    // For good, since a connection may fail again after the answer is settled.
    request.on('error', fail);
    request.on('close', () => fail(new Error('The connection was closed.')));
    request.on('socket', (socket) => {
      if (connecting.has(socket)) socket.once(ready, () => begin(socket));
      else begin(socket);
    });
    request.on('response', (response) => {
      hasAnswer = true;
      void readBody(response, maxBytes, signal).then((read) =>
        settle({
          kind: 'answered',
          status: response.statusCode ?? 0,
          header: (name) => headerOf(response.headers[name.toLowerCase()]),
          body: read,
        }),
      );
    });
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}

const headerOf = (value: string | readonly string[] | undefined): string | null =>
  typeof value === 'string' ? value : (value?.join(', ') ?? null);
