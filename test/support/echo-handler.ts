import type { BuildsHandler, HandlerContext } from 'wrk-builds/http';

/** What the echo handler answers to a request that it has read to the end. */
export interface Echo {
  readonly method: string;
  /** Without what the mount strips. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The first hundred characters. */
  readonly body: string;
  /** In bytes. */
  readonly length: number;
}

/** What has happened so far. */
export interface Seen {
  /** Requests that wait for their client to go. */
  readonly waiting: number;
  /** Of those, the ones whose signal has fired. */
  readonly aborted: number;
  /** Never-ending answers that have begun. */
  readonly begun: number;
  /** Of those, the ones that were cancelled. */
  readonly cancelled: number;
}

/** A handler that shows what a mount makes of requests and answers; it is asked over HTTP alone, from any process. */
export function createEchoHandler(): BuildsHandler {
  const seen = { waiting: 0, aborted: 0, begun: 0, cancelled: 0 };
  const listeners = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const bytes = (text: string) => new TextEncoder().encode(text);

  const pathOf = (pathname: string, { basePath = '' }: HandlerContext = {}) =>
    pathname.startsWith(`${basePath}/v1/`) ? pathname.slice(basePath.length) : null;

  const echo = async (request: Request, path: string) => {
    const body = new Uint8Array(await request.arrayBuffer());
    const said: Echo = {
      method: request.method,
      path,
      query: new URL(request.url).search,
      headers: Object.fromEntries(request.headers),
      body: new TextDecoder().decode(body.subarray(0, 100)),
      length: body.byteLength,
    };
    const requestId = request.headers.get('x-request-id') ?? 'none';
    const headers = new Headers({ 'x-request-id': requestId, vary: 'Cookie' });
    headers.append('set-cookie', 'one=1');
    headers.append('set-cookie', 'two=2');
    return Response.json(said, { status: 202, headers });
  };

  /** Reads ten bytes and no more, as a handler does that refuses a body as too large. */
  const refuse = async (request: Request) => {
    let length = 0;
    for await (const chunk of request.body ?? []) {
      length += chunk.byteLength;
      if (length > 10) break;
    }
    return Response.json({ length: 'too large' }, { status: 413 });
  };

  const wait = (request: Request) =>
    new Promise<Response>((resolve) => {
      seen.waiting += 1;
      request.signal.addEventListener('abort', () => {
        seen.aborted += 1;
        resolve(Response.json({}));
      });
    });

  const endless = () => {
    seen.begun += 1;
    return new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(16_384)),
      cancel: () => {
        seen.cancelled += 1;
      },
    });
  };

  const events = () => {
    let listener: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        listener = controller;
        listeners.add(controller);
        // Next.js keeps the headers back until there is something to send after them.
        controller.enqueue(bytes(': open\n\n'));
      },
      cancel: () => {
        listeners.delete(listener);
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };

  const tell = async (request: Request) => {
    const data = await request.text();
    for (const listener of listeners) listener.enqueue(bytes(`data: ${data}\n\n`));
    return Response.json({ listeners: listeners.size });
  };

  const handle = async (request: Request, context?: HandlerContext): Promise<Response> => {
    const path = pathOf(new URL(request.url).pathname, context);
    switch (path) {
      case '/v1/echo':
        return echo(request, path);
      case '/v1/refuse':
        return refuse(request);
      case '/v1/wait':
        return wait(request);
      case '/v1/endless':
        return new Response(endless());
      case '/v1/breaks-off':
        return new Response(new ReadableStream({ pull: () => Promise.reject(new Error('a secret')) }));
      case '/v1/events':
        return request.method === 'POST' ? tell(request) : events();
      case '/v1/seen':
        return Response.json(seen);
      case '/v1/fails':
        throw new Error('a secret');
      default:
        return Response.json({ error_code: 'not_found', path }, { status: 404 });
    }
  };

  return Object.assign(handle, {
    owns: (pathname: string, context?: HandlerContext) => pathOf(pathname, context) !== null,
  });
}
