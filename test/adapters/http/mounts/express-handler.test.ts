import { createServer, get as nodeGet } from 'node:http';
import { text } from 'node:stream/consumers';
import type { RequestHandler } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { createEchoHandler, type Echo } from '../../../support/echo-handler.js';
import { expressVersions } from './support/express-versions.js';
import { listen, type Running } from './support/listen.js';

describe.each(expressVersions)('expressHandler on %s', (_, express, createHost) => {
  let running: Running;

  afterEach(() => running.stop());

  /** Asks for a path as it stands: `fetch` would rewrite some. */
  const get = (path: string) =>
    new Promise<string>((resolve) => {
      const { hostname, port } = new URL(running.url);
      nodeGet({ hostname, port, path }, (response) => resolve(text(response)));
    });

  it.each([
    ['beside ours', '/api/other'],
    ['of the mount itself', '/api'],
    ['that only begin like it', '/apiary/v1/echo'],
    ['that have ours behind dot segments', '/api/x/%2e%2e/v1/echo'],
  ])('leaves paths %s to the host', async (_which, path) => {
    const host = createHost(createEchoHandler());
    host.use((request, response) => {
      response.send(`the host has ${request.originalUrl}`);
    });
    running = await listen(createServer(host));
    const answer = await get(path);
    expect(answer).toBe(`the host has ${path}`);
  });

  it('can be mounted below what an application chooses, unprocessable characters and upper case too', async () => {
    running = await listen(createServer(express().use('/of/:tenant', createHost(createEchoHandler()))));
    expect(JSON.parse(await get('/OF/a"b/api/v1/echo?x'))).toMatchObject({ path: '/v1/echo', query: '?x' });
  });

  it('keeps the headers that the host has set, cookies and Vary included', async () => {
    const before: RequestHandler = (_request, response, next) => {
      response.set({ 'x-host': 'yes', vary: 'Origin', 'set-cookie': 'host=1' });
      next();
    };
    running = await listen(createServer(express().use(before, createHost(createEchoHandler()))));
    const { headers } = await fetch(`${running.url}/api/v1/echo`);
    expect(headers.get('x-host')).toBe('yes');
    expect(headers.get('vary')).toBe('Origin, Cookie');
    expect(headers.getSetCookie()).toEqual(['host=1', 'one=1', 'two=2']);
  });

  it('sees headers as the host has left them', async () => {
    const before: RequestHandler = ({ headers }, _response, next) => {
      delete headers['x-user'];
      headers['x-request-id'] = 'of the host';
      next();
    };
    running = await listen(createServer(express().use(before, createHost(createEchoHandler()))));
    const response = await fetch(`${running.url}/api/v1/echo`, { headers: { 'x-user': 'mallory' } });
    const { headers } = (await response.json()) as Echo;
    expect(headers).not.toHaveProperty('x-user');
    expect(headers['x-request-id']).toBe('of the host');
  });
});
