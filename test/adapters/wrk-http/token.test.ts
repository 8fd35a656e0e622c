import { describe, expect, it } from 'vitest';
import { type Secret, secret, wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { startFakeWrkServer } from '../../../src/testing/wrk/fake-wrk-server.js';
import { callFor, serve, WORKFLOW } from './raw-server.js';

const TOKEN = 'token-that-nobody-may-see';
const byKey = { by: 'idempotency-key' } as const;

describe('the token', () => {
  it('opens a WRK that wants it', async () => {
    const fake = createFakeWrk({ token: TOKEN });
    const server = await startFakeWrkServer(fake);
    const options = { baseUrl: server.url, duplicates: byKey };
    expect(await wrkHttp({ ...options, token: secret(TOKEN) }).createWorkflow(callFor())).toMatchObject({
      kind: 'created',
    });
    expect(await wrkHttp({ ...options, token: secret('another') }).createWorkflow(callFor())).toEqual({
      kind: 'access_denied',
      scope: 'everyone',
      detail: 'WRK answered 401',
      trace: { httpStatus: 401, wrkRequestId: 'wrk_req_2' },
    });
    await server.close();
  });

  it('appears in no answer, however WRK echoes it', async () => {
    const echo = { message: TOKEN, errors: [`you sent Bearer ${TOKEN}`, { path: TOKEN, message: 'x' }] };
    const workflow = {
      workflow_id: 'wf_1',
      workflow_url: `https://app.wrk.example/?t=${TOKEN}`,
      reference: TOKEN,
    };
    const texts = [JSON.stringify(echo), JSON.stringify(workflow), TOKEN, `{"workflow_id":"${TOKEN}"`];
    for (const status of [200, 201, 301, 400, 401, 403, 404, 409, 413, 418, 422, 429, 500, 503]) {
      for (const body of texts) {
        const wrk = await serve((response) =>
          response
            .writeHead(status, {
              'x-echo': TOKEN,
              'x-request-id': `for ${TOKEN}`,
              location: `/${TOKEN}`,
              'retry-after': TOKEN,
            })
            .end(body),
        );
        const answer = await wrkHttp({
          baseUrl: wrk.url,
          token: secret(TOKEN),
          duplicates: byKey,
        }).createWorkflow(callFor());
        expect(JSON.stringify(answer), `${status} with ${body}`).not.toContain(TOKEN);
        expect(answer.kind).not.toBe('created');
      }
    }
  });

  it('is asked for before every call where it is a function', async () => {
    const wrk = await serve((response) => response.writeHead(201).end(WORKFLOW));
    let asked = 0;
    const token = async () => secret(`token-${++asked}`);
    const client = wrkHttp({ baseUrl: wrk.url, token, duplicates: byKey });
    await client.createWorkflow(callFor());
    await client.createWorkflow(callFor());
    expect(wrk.seen.map(({ request }) => request.headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it.each<[string, () => Promise<Secret>]>([
    [
      'throws at once',
      () => {
        throw new Error(TOKEN);
      },
    ],
    ['fails', () => Promise.reject(new Error(TOKEN))],
    ['gives an empty token', async () => secret('')],
    ['gives one that no header can carry', async () => secret(`${TOKEN}\r\nx-evil: 1`)],
    ['gives a bare string', async () => JSON.parse(JSON.stringify(TOKEN))],
    ['gives a copy of a secret', async () => structuredClone(secret(TOKEN))],
    ['does not answer in time', () => new Promise(() => undefined)],
  ])('sends nothing where the function %s', async (_what, token) => {
    const wrk = await serve((response) => response.writeHead(201).end(WORKFLOW));
    const answer = await wrkHttp({
      baseUrl: wrk.url,
      token,
      duplicates: byKey,
      deadlineMs: 100,
    }).createWorkflow(callFor());
    expect(answer).toMatchObject({ kind: 'not_sent', detail: expect.stringContaining('token function') });
    expect(JSON.stringify(answer)).not.toContain(TOKEN);
    expect(wrk.seen).toEqual([]);
  });

  it('is not waited for once the caller hangs up', async () => {
    const wrk = await serve((response) => response.writeHead(201).end(WORKFLOW));
    const caller = new AbortController();
    const token = () => {
      caller.abort();
      return new Promise<Secret>(() => undefined);
    };
    const client = wrkHttp({ baseUrl: wrk.url, token, duplicates: byKey });
    expect(await client.createWorkflow(callFor({ signal: caller.signal }))).toMatchObject({
      kind: 'not_begun',
    });
    expect(wrk.seen).toEqual([]);
  });

  it('is not in the answer of a WRK that names a workflow and hangs up', async () => {
    const fake = createFakeWrk({ token: TOKEN });
    const server = await startFakeWrkServer(fake);
    fake.script(wrkBehaviour.createsThenDrops(), wrkBehaviour.createsThenCuts());
    const client = wrkHttp({ baseUrl: server.url, token: secret(TOKEN), duplicates: byKey });
    for (const reference of ['a', 'b']) {
      const answer = await client.createWorkflow(callFor({ reference, idempotencyKey: reference }));
      expect(answer.kind).toBe('network_failure');
      expect(JSON.stringify(answer)).not.toContain(TOKEN);
    }
    await server.close();
  });
});
