import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expressHandler } from '../../../../src/adapters/express/index.js';
import { type BuildsHandlerOptions, nodeListener } from '../../../../src/adapters/http/index.js';
import { openReadyVersion } from '../support/ready-version.js';
import { listen } from './support/listen.js';

const RAW = { builds: '/v1/admin/builds', retry: '/v1/admin/builds/retry' };

/** The real handler on `node:http`, or in Express after a JSON parser, below `/api`. */
async function open(mount: 'node:http' | 'Express', options: Partial<BuildsHandlerOptions> = {}) {
  const { handler } = await openReadyVersion({ basePath: '/api', ...options });
  const listener = nodeListener(handler);
  const server =
    mount === 'Express'
      ? createServer(express().use(express.json(), expressHandler(handler)))
      : createServer((request, response) => void listener(request, response));
  const { url, stop } = await listen(server);
  onTestFinished(stop);
  /** Sends bytes as they are, and gives all that comes back. */
  const raw = async (bytes: string): Promise<string> => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  };
  const get = (target: string) => raw(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  return { url, raw, get };
}

describe.each(['node:http', 'Express'] as const)('on %s', (mount) => {
  it.each([
    `http:///api${RAW.builds}`,
    `http://evil.example/api${RAW.builds}`,
    `HTTPS://a:443/api${RAW.builds}`,
    `http:///api${RAW.builds}?status=error`,
  ])('B8 the target %s, in which a rule of the host sees another path, reaches nothing', async (target) => {
    let asked = 0;
    const authenticate = () => {
      asked += 1;
      return null;
    };
    const { get } = await open(mount, { authenticate });
    const answer = await get(target);
    expect(answer).toMatch(/^HTTP\/1\.1 (?:400|404) /);
    if (answer.includes(' 400 ')) expect(answer).toContain('"error_code":"invalid_input"');
    expect(asked).toBe(0);
    expect(await get(`/api${RAW.builds}`)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('B8 a body of 5,000 levels is refused with 400 and the request id', async () => {
    const { url } = await open(mount);
    const response = await fetch(`${url}/api${RAW.retry}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'req-1' },
      body: '['.repeat(5_000) + ']'.repeat(5_000),
    });
    expect([response.status, response.headers.get('x-request-id'), await response.json()]).toEqual([
      400,
      'req-1',
      expect.objectContaining({
        error_code: 'invalid_input',
        details: { findings: [expect.objectContaining({ message: expect.stringContaining('nested') })] },
      }),
    ]);
  });

  it('B6 fifty requests at once on one connection are answered without a warning', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    const { raw } = await open(mount);
    const one = `GET /api${RAW.builds} HTTP/1.1\r\nHost: a\r\n`;
    const answers = await raw(`${`${one}\r\n`.repeat(49)}${one}Connection: close\r\n\r\n`);
    expect(answers.match(/HTTP\/1\.1 200 /g)).toHaveLength(50);
    // A warning is emitted in the next tick.
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });

  it('B8 what the mount answers by itself has the headers of every answer', async () => {
    const { raw } = await open(mount);
    const answer = await raw(
      `TRACE /api${RAW.builds} HTTP/1.1\r\nHost: a\r\nX-Request-Id: req-1\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    for (const header of [
      'Allow: GET',
      'X-Request-Id: req-1',
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
    ])
      expect(answer.toLowerCase()).toContain(header.toLowerCase());
  });
});

it('B6 every client that goes is noticed, though its requests share one listener', async () => {
  let aborted = 0;
  let waiting = 0;
  const handler = Object.assign(
    async ({ signal }: Request) => {
      waiting += 1;
      await once(signal, 'abort');
      aborted += 1;
      return new Response();
    },
    { owns: () => true },
  );
  const listener = nodeListener(handler);
  const { url, stop } = await listen(createServer((request, response) => void listener(request, response)));
  onTestFinished(stop);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20));
  await expect.poll(() => waiting, { timeout: 30_000 }).toBe(20);
  socket.destroy();
  await expect.poll(() => aborted, { timeout: 30_000 }).toBe(20);
});
