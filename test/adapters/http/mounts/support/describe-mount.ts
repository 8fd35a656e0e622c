import { once } from 'node:events';
import { type IncomingMessage, request as nodeRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEchoHandler, type Echo, type Seen } from '../../../../support/echo-handler.js';
import type { Running } from './listen.js';
import type { BasePath, Mount } from './mounts.js';

/** What every mount owes the handler and its callers. */
export function describeMount({ name, start, streamsBodies, hasOtherRoutes }: Mount, basePath: BasePath) {
  describe(`${name}, ${basePath ? `mounted at ${basePath}` : 'mounted at the root'}`, () => {
    let running: Running;
    let at: (path: string) => string;

    beforeAll(async () => {
      running = await start(createEchoHandler(), basePath);
      at = (path) => `${running.url}${basePath}/v1${path}`;
    }, 180_000);

    afterEach(() => {
      vi.restoreAllMocks();
    });

    afterAll(() => running.stop());

    const echo = async (path: string, init: RequestInit = {}): Promise<Echo> => {
      const response = await fetch(at(path), init);
      expect(response.status).toBe(202);
      return (await response.json()) as Echo;
    };

    const json = (body: string) => ({ body, headers: { 'content-type': 'application/json' } });

    const seen = async () => (await (await fetch(at('/seen'))).json()) as Seen;
    const eventually = (what: keyof Seen, count: number) =>
      expect.poll(async () => (await seen())[what], { timeout: 30_000 }).toBe(count);

    it('hands on the method, the path without the mount, and the query', async () => {
      const { method, path, query } = await echo('/echo?a=1&a=%2F');
      expect({ method, path, query }).toEqual({ method: 'GET', path: '/v1/echo', query: '?a=1&a=%2F' });
    });

    it('hands on the JSON body of a PATCH', async () => {
      const sent = JSON.stringify({ status: 'Build in Progress', last_known_status: 'Ready for Build' });
      const { method, body, headers } = await echo('/echo', { method: 'PATCH', ...json(sent) });
      expect({ method, body }).toEqual({ method: 'PATCH', body: sent });
      expect(headers['content-type']).toBe('application/json');
      expect(headers['content-length']).toBe(String(sent.length));
    });

    it('takes a POST without a body as one', async () => {
      expect(await echo('/echo', { method: 'POST' })).toMatchObject({ method: 'POST', length: 0 });
    });

    it('hands on headers, those with several values too, and sends those of the answer', async () => {
      const sent = nodeRequest(at('/echo'), {
        headers: { 'x-request-id': 'request-1', 'x-many': ['a', 'b'], cookie: 'one=1; two=2' },
      }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      const { headers } = JSON.parse(await text(answer)) as Echo;
      expect(headers).toMatchObject({ 'x-many': 'a, b', cookie: 'one=1; two=2' });
      expect(answer.headers['x-request-id']).toBe('request-1');
      expect(answer.headers['set-cookie']).toEqual(['one=1', 'two=2']);
    });

    it('answers HEAD with the headers of a GET and no body', async () => {
      const response = await fetch(at('/echo'), { method: 'HEAD', headers: { 'x-request-id': 'request-1' } });
      expect(response.status).toBe(202);
      expect(response.headers.get('x-request-id')).toBe('request-1');
      expect(await response.text()).toBe('');
    });

    if (hasOtherRoutes)
      it('leaves other paths to the host', async () => {
        const response = await fetch(`${running.url}/elsewhere`);
        expect(response.status).toBe(404);
        expect(await response.text()).not.toContain('error_code');
      });

    it('says nothing of why a handler has rejected', async () => {
      // Some frameworks print what was thrown.
      vi.spyOn(console, 'error').mockImplementation(() => {});
      const response = await fetch(at('/fails'), { method: 'POST', ...json('{}') });
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain('a secret');
    });

    if (streamsBodies)
      it('hands on a body of 3 MiB that has no length', async () => {
        let chunks = 48;
        const body = new ReadableStream<Uint8Array>({
          pull: (controller) => {
            if (chunks-- === 0) controller.close();
            else controller.enqueue(new Uint8Array(65_536));
          },
        });
        const { length } = await echo('/echo', { method: 'POST', body, duplex: 'half' });
        expect(length).toBe(3 * 1024 * 1024);
      });

    if (streamsBodies)
      it('lets the handler refuse a body before the client has sent all of it', async () => {
        const sent = nodeRequest(at('/refuse'), { method: 'POST' });
        sent.write('a'.repeat(20));
        const [answer]: IncomingMessage[] = await once(sent, 'response');
        expect(answer?.statusCode).toBe(413);
        sent.destroy();
      });

    it('fires the signal of the request when the client goes', async () => {
      const { waiting, aborted } = await seen();
      const client = new AbortController();
      const answer = fetch(at('/wait'), { signal: client.signal });
      await eventually('waiting', waiting + 1);
      client.abort();
      await expect(answer).rejects.toThrow();
      await eventually('aborted', aborted + 1);
    });

    it('cancels an answer that never ends when the client goes', async () => {
      const { begun, cancelled } = await seen();
      const client = new AbortController();
      const answer = await fetch(at('/endless'), { signal: client.signal });
      expect((await answer.body?.getReader().read())?.value?.byteLength).toBeGreaterThan(0);
      await eventually('begun', begun + 1);
      client.abort();
      await eventually('cancelled', cancelled + 1);
    });

    it('sends an event stream event by event, while it stays open', async () => {
      const client = new AbortController();
      const answer = await fetch(at('/events'), { signal: client.signal });
      expect(answer.headers.get('content-type')).toBe('text/event-stream');
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      expect(await reader?.read()).toEqual({ done: false, value: ': open\n\n' });
      for (const event of ['first', 'second']) {
        const told = await fetch(at('/events'), { method: 'POST', body: event });
        expect(await told.json()).toEqual({ listeners: 1 });
        expect(await reader?.read()).toEqual({ done: false, value: `data: ${event}\n\n` });
      }
      client.abort();
    });
  });
}
