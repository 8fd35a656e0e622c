import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { systemRuntime } from '../../runtime/system-runtime.js';
import { repeat } from '../../runtime/waiting.js';
import type { FakeWrk } from './fake-wrk.js';
import { checkFakeWrkServer } from './fake-wrk-options.js';
import { DRIP_EVERY_MS, type FakeWrkReply } from './fake-wrk-reply.js';
import { type FakeWrkFrontOptions, requestOf, WORKFLOWS_PATH } from './fake-wrk-request.js';

/** A fake WRK that listens on loopback. */
export interface FakeWrkServer {
  /** The base URL: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Stops listening and closes every connection, also those that hang. */
  readonly close: () => Promise<void>;
}

/** Puts a fake WRK behind a real HTTP server on loopback. */
export async function startFakeWrkServer(
  fake: FakeWrk,
  options: FakeWrkFrontOptions & {
    /**
     * The port on loopback.
     *
     * @default any that is free
     */
    readonly port?: number;
  } = {},
): Promise<FakeWrkServer> {
  checkFakeWrkServer(fake, options);
  const server = createServer((request, response) => {
    // A caller that hangs up ends its call here as well.
    request.on('error', () => response.destroy());
    response.on('error', () => response.destroy());
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => take(request, response, Buffer.concat(chunks)));
  });

  const take = (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    if (request.method !== 'POST' || request.url !== WORKFLOWS_PATH) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"no such route"}');
      return;
    }
    const header = (name: string) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : null;
    };
    const reply = fake.take(requestOf(body, header, options));
    if (reply.delayMs === 0) play(reply, response);
    else systemRuntime.setTimer(reply.delayMs, () => play(reply, response));
  };

  await new Promise<void>((resolve, reject) => {
    // For good: a server may fail to accept a connection later on.
    server.on('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake WRK has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function play(reply: FakeWrkReply, response: ServerResponse): void {
  if (reply.sends === 'hang') return;
  if (reply.sends === 'drop') {
    response.socket?.end();
    return;
  }
  if (reply.sends === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { sends, status, headers, body } = reply;
  switch (sends) {
    case 'whole':
      response.writeHead(status, {
        ...headers,
        ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }),
      });
      response.end(body);
      return;
    case 'half':
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
      response.write(body.slice(0, body.length / 2), () => response.socket?.end());
      return;
    case 'drip': {
      response.writeHead(status, headers);
      const timer = repeat(systemRuntime, DRIP_EVERY_MS, () => response.write(' '));
      response.on('close', () => timer.clear());
      return;
    }
    case 'flood': {
      response.writeHead(status, headers);
      const chunk = ' '.repeat(64 * 1024);
      const pour = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', pour);
      pour();
      return;
    }
  }
}
