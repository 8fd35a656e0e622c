import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request as nodeRequest, type Server } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type BuildsHandler, type NodeMount, nodeListener } from 'wrk-builds/http';
import { createEchoHandler, type Echo } from '../../../support/echo-handler.js';
import { listen, type Running } from './support/listen.js';

let running: Running;
let server: Server;

afterEach(() => running.stop());

const start = async (handler: BuildsHandler = createEchoHandler(), mount?: NodeMount) => {
  const listener = nodeListener(handler);
  server = createServer((request, response) => listener(request, response, mount));
  running = await listen(server);
};

const answering = (answer: (request: Request) => Promise<Response>): BuildsHandler =>
  Object.assign(answer, { owns: () => true });

/** Sends lines as they are, and gives all that comes back. */
const sendRaw = async (...lines: string[]): Promise<string> => {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
  return text(socket);
};

const bodyOf = (answer: string): unknown => {
  // It is sent whole, or in one chunk, of which the length stands before it.
  const [, body = ''] = /\r\n(\{.*\})(?:\r\n|$)/.exec(answer) ?? [];
  return JSON.parse(body);
};

const INTERNAL_ERROR = {
  error_code: 'internal_error',
  message: 'Something went wrong on our side: try again in a moment.',
};

describe('nodeListener', () => {
  it.each([
    ['a fragment', '/v1/echo?x#y', { path: '/v1/echo', query: '?x' }],
    ['what looks like another host', '//other.example/v1/echo', { path: null }],
    ['malformed percents', '/v1/%zz%', { path: '/v1/%zz%' }],
    ['dot segments', '/v1/x/../echo', { path: null }],
    ['dot segments in disguise', '/v1/x/%2E./echo', { path: null }],
    ['a backslash', '/v1\\echo', { path: null }],
  ])('answers a request line with %s', async (_, target, answer) => {
    await start();
    expect(bodyOf(await sendRaw(`GET ${target} HTTP/1.1`, 'Host: here'))).toMatchObject(answer);
  });

  it.each(['http://other.example:80/v1/echo?x', 'http://other.example', 'http:///v1/echo'])(
    'refuses the absolute form %s',
    async (target) => {
      await start();
      const answer = await sendRaw(`GET ${target} HTTP/1.1`, 'Host: here');
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"path":"target"');
    },
  );

  it('answers OPTIONS of the server as a whole', async () => {
    await start();
    expect(await sendRaw('OPTIONS * HTTP/1.1', 'Host: here')).toMatch(/^HTTP\/1.1 404 /);
  });

  it.each(['a b', '[', '', 'user:secret@evil', '::::'])('does not care for the host %j', async (host) => {
    await start();
    expect(bodyOf(await sendRaw('GET /v1/echo HTTP/1.1', `Host: ${host}`))).toMatchObject({
      path: '/v1/echo',
    });
  });

  it('needs no host, as in HTTP/1.0', async () => {
    await start();
    expect(await sendRaw('GET /v1/echo HTTP/1.0')).toContain('"path":"/v1/echo"');
  });

  it('refuses a method that no Request can have', async () => {
    await start();
    const answer = await sendRaw('TRACE /v1/echo HTTP/1.1', 'Host: here');
    expect(answer).toMatch(/^HTTP\/1.1 405 /);
    expect(bodyOf(answer)).toEqual({
      error_code: 'method_not_allowed',
      message: 'TRACE is not served: use another method.',
    });
  });

  it.each([
    ['rejects', answering(() => Promise.reject(new Error('a secret')))],
    [
      'throws',
      Object.assign(
        () => {
          throw new Error('a secret');
        },
        { owns: () => true },
      ),
    ],
  ])('answers a bare 500 when the handler %s', async (_, handler) => {
    await start(handler);
    const response = await fetch(running.url, { method: 'POST', body: '{}' });
    expect([response.status, await response.json()]).toEqual([500, INTERNAL_ERROR]);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('answers a bare 500 when the parsed body cannot be written', async () => {
    await start(createEchoHandler(), { parsedBody: { amount: 1n } });
    const response = await fetch(`${running.url}/v1/echo`, { method: 'POST', body: '{}' });
    expect([response.status, await response.json()]).toEqual([500, INTERNAL_ERROR]);
  });

  it('ends the connection when a body breaks off, so that nobody takes it for whole', async () => {
    await start();
    const response = fetch(`${running.url}/v1/breaks-off`).then((answer) => answer.text());
    await expect(response).rejects.toThrow();
    expect((await fetch(`${running.url}/v1/echo`)).status).toBe(202);
  });

  it('sends the headers of an event stream before its first event, and cancels it with its client', async () => {
    const cancelled = new Promise<void>((cancel) => {
      const silent = new ReadableStream({ cancel: () => cancel() });
      const headers = { 'content-type': 'text/event-stream; charset=utf-8' };
      void start(answering(async () => new Response(silent, { headers })));
    });
    await expect.poll(() => server?.listening).toBe(true);
    const client = new AbortController();
    const { headers } = await fetch(running.url, { signal: client.signal });
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    client.abort();
    await cancelled;
  });

  it('cancels never-ending answers of fifty clients, and takes no more of them than the clients do', async () => {
    let made = 0;
    let cancelled = 0;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => {
          made += 1;
          controller.enqueue(new Uint8Array(65_536));
        },
        cancel: () => {
          cancelled += 1;
        },
      });
    await start(answering(async () => new Response(endless())));
    const clients = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const sent = nodeRequest(running.url, { agent: false }).end();
        await once(sent, 'response');
        return sent;
      }),
    );
    // Nobody reads: what is under way fills the buffers of the sockets, and then the making stops.
    let before = -1;
    while (before !== made) {
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(cancelled).toBe(0);
    for (const client of clients) client.destroy();
    await expect.poll(() => cancelled, { timeout: 30_000 }).toBe(50);
    await expect.poll(() => connections(), { timeout: 30_000 }).toBe(0);
  });

  it('cancels the body of an answer to HEAD, which nobody gets', async () => {
    const { promise: cancelled, resolve: cancel } = withResolvers();
    const headers = { 'content-length': '7' };
    await start(
      answering(async () => new Response(new ReadableStream({ cancel: () => cancel() }), { headers })),
    );
    const response = await fetch(running.url, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '7']);
    await cancelled;
  });

  it('cancels an answer that comes when its client has gone', async () => {
    const { promise: cancelled, resolve: cancel } = withResolvers();
    await start(
      answering(async ({ signal }) => {
        await once(signal, 'abort');
        return new Response(new ReadableStream({ cancel: () => cancel() }));
      }),
    );
    const sent = nodeRequest(running.url).end();
    sent.on('error', () => {});
    await expect.poll(() => connections()).toBe(1);
    sent.destroy();
    await cancelled;
  });

  it('does not fire the signal of a request that was answered', async () => {
    const signals: AbortSignal[] = [];
    await start(
      answering(async ({ signal }) => {
        signals.push(signal);
        return new Response('all of it');
      }),
    );
    const closed = new Promise((resolve) =>
      server.once('connection', (socket) => socket.once('close', resolve)),
    );
    const sent = nodeRequest(running.url, { agent: false }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect(await text(answer)).toBe('all of it');
    await closed;
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('reads nothing of a body that nobody asks for', async () => {
    const { promise: asked, resolve: ask } = withResolvers();
    await start(
      answering(async (request) => {
        await asked;
        return Response.json({ length: (await request.arrayBuffer()).byteLength });
      }),
    );
    let sent = 0;
    const total = 64 * 1024 * 1024;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (sent === total) return controller.close();
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const answer = fetch(running.url, { method: 'POST', body, duplex: 'half' });
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(sent).toBeLessThan(total);
    ask();
    expect(await (await answer).json()).toEqual({ length: total });
  });

  it.each([
    ['cancels', (request: Request) => request.body?.cancel()],
    [
      'keeps to itself',
      async (request: Request) => {
        await request.body?.getReader().read();
      },
    ],
  ])('serves the next request on a connection after a body that the handler %s', async (_, leave) => {
    await start(
      answering(async (request) => {
        if (request.method === 'GET') return new Response('next');
        await leave(request);
        return new Response('enough', { status: 413 });
      }),
    );
    let opened = 0;
    server.on('connection', () => {
      opened += 1;
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = async (method: string, body: string) => {
      const sent = nodeRequest(running.url, { method, agent }).end(body);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      return [answer.statusCode, await text(answer)];
    };
    expect(await send('POST', 'a'.repeat(4 * 1024 * 1024))).toEqual([413, 'enough']);
    expect(await send('GET', '')).toEqual([200, 'next']);
    expect(opened).toBe(1);
    agent.destroy();
  });

  it('rejects the reading of a body whose client goes', async () => {
    const { promise: told, resolve: tell } = withResolvers<unknown>();
    await start(
      answering(async (request) => {
        await request.text().catch(tell);
        return new Response();
      }),
    );
    const sent = nodeRequest(running.url, { method: 'POST' });
    sent.on('error', () => {});
    sent.write('a');
    await expect.poll(() => connections()).toBe(1);
    sent.destroy();
    expect(await told).toBeInstanceOf(Error);
  });

  it('sees headers that came twice with both values', async () => {
    await start();
    const answer = await sendRaw(
      'GET /v1/echo HTTP/1.1',
      'Host: here',
      'X-Many: a',
      'X-Many: b',
      'Cookie: a=1',
      'Cookie: b=2',
    );
    expect((bodyOf(answer) as Echo).headers).toMatchObject({ 'x-many': 'a, b', cookie: 'a=1; b=2' });
  });
});

const connections = () =>
  new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));

function withResolvers<T = void>() {
  let resolve = (_: T) => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
