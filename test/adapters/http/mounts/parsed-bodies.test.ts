import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { RequestHandler } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { expressHandler } from 'wrk-builds/express';
import { createEchoHandler, type Echo } from '../../../support/echo-handler.js';
import { expressVersions } from './support/express-versions.js';
import { listen, type Running } from './support/listen.js';

describe.each(expressVersions)('a body parser of %s before the handler', (_, express, createHost) => {
  let running: Running;

  afterEach(() => running.stop());

  /** The example below an application that has something run before it. */
  const startWith = async (...before: RequestHandler[]) => {
    running = await listen(createServer(express().use(...before, createHost(createEchoHandler()))));
  };

  const post = async (
    body: string | Uint8Array<ArrayBuffer> | undefined,
    headers: Record<string, string> = {},
  ): Promise<Echo> => {
    const init = body === undefined ? { method: 'POST', headers } : { method: 'POST', headers, body };
    const response = await fetch(`${running.url}/api/v1/echo`, init);
    expect(response.status).toBe(202);
    return (await response.json()) as Echo;
  };

  const asJson = { 'content-type': 'application/json' };

  it('leaves the value of the JSON as it is', async () => {
    await startWith(express.json());
    const { body, headers } = await post('{ "status" : "é" }', asJson);
    expect(body).toBe('{"status":"é"}');
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '15' });
  });

  it.each([undefined, ''])('makes no `{}` of a body that is %j', async (body) => {
    await startWith(express.json());
    expect(await post(body, asJson)).toMatchObject({ length: 0 });
  });

  it('does not stand for a body that it has passed over', async () => {
    await startWith(express.json());
    expect(await post('a=1', { 'content-type': 'text/plain' })).toMatchObject({ body: 'a=1' });
  });

  it('may leave bytes', async () => {
    await startWith(express.raw({ type: '*/*' }));
    expect(await post('{ "a": 1 }', asJson)).toMatchObject({ body: '{ "a": 1 }' });
  });

  it('may leave text', async () => {
    await startWith(express.text({ type: '*/*' }));
    expect(await post('{ "a": 1 }', asJson)).toMatchObject({ body: '{ "a": 1 }' });
  });

  it('may have inflated what came, and nothing says “gzip” any more', async () => {
    await startWith(express.json());
    const { body, headers } = await post(gzipSync('{"a":1}'), { ...asJson, 'content-encoding': 'gzip' });
    expect(body).toBe('{"a":1}');
    expect(headers).not.toHaveProperty('content-encoding');
  });

  it('may take a body away and leave nothing: the answer says what to do', async () => {
    await startWith((request, _response, next) => {
      request.on('end', next).resume();
    });
    const response = await fetch(`${running.url}/api/v1/echo`, { method: 'POST', body: '{}' });
    expect([response.status, await response.json()]).toEqual([
      500,
      {
        error_code: 'internal_error',
        message: expect.stringContaining('mount the handler before the parser'),
      },
    ]);
  });

  it('may have answered already, and the handler is not asked', async () => {
    let asked = 0;
    const handler = Object.assign(
      async () => {
        asked += 1;
        return new Response();
      },
      { owns: () => true },
    );
    const before: RequestHandler = (_request, response, next) => {
      response.status(503).send('busy');
      next();
    };
    running = await listen(createServer(express().use(before, expressHandler(handler))));
    const response = await fetch(`${running.url}/api/v1/echo`, { method: 'POST', body: '{}' });
    expect([response.status, await response.text(), asked]).toEqual([503, 'busy', 0]);
  });
});
