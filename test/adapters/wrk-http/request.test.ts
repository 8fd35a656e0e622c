import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { secret, wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import { callFor, serve, WORKFLOW } from './raw-server.js';

const created = {
  kind: 'created',
  workflowId: 'wf_1',
  workflowUrl: 'https://app.wrk.example/workflows/wf_1',
};
const byKey = { by: 'idempotency-key' } as const;

describe('what wrkHttp sends', () => {
  it('posts once, under the base path, with the documented headers', async () => {
    const wrk = await serve((response) => response.writeHead(201).end(WORKFLOW));
    const client = wrkHttp({
      baseUrl: `${wrk.url}/gateway/v2//`,
      token: secret('token-0815'),
      duplicates: byKey,
    });
    expect(await client.createWorkflow(callFor())).toMatchObject(created);
    expect(wrk.seen).toHaveLength(1);
    const request = wrk.seen[0]?.request;
    expect([request?.method, request?.url]).toEqual(['POST', '/gateway/v2/wrk-api/workflows']);
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      authorization: 'Bearer token-0815',
      'content-type': 'application/json',
      'idempotency-key': 'binding-1:hash-1',
      'x-request-id': 'request-1',
      'x-wrk-builds-call-id': 'call-1',
      'x-wrk-builds-reference': 'binding-1',
    });
  });

  it('sends the very bytes with their length', async () => {
    const wrk = await serve((response) => response.writeHead(201).end(WORKFLOW));
    const body = '{ "n":90071992547409931234, "a":1,"a":2, "t":"\\u00fcü\u2028🧩" }\n';
    await wrkHttp({ baseUrl: wrk.url, duplicates: byKey }).createWorkflow(callFor({ body }));
    expect(wrk.seen[0]?.body).toEqual(Buffer.from(body, 'utf8'));
    expect(wrk.seen[0]?.request.headers).toMatchObject({ 'content-length': `${Buffer.byteLength(body)}` });
  });

  it('sends the reference under the header it is told, and no authorization where it has no token', async () => {
    const wrk = await serve((response) => response.writeHead(201).end(WORKFLOW));
    const duplicates = { by: 'nothing', onUnknownOutcome: 'stop' } as const;
    const client = wrkHttp({ baseUrl: wrk.url, duplicates, referenceHeader: 'X-Correlation' });
    await client.createWorkflow(callFor({ requestId: 'one\r\nx-evil: two' }));
    const headers = wrk.seen[0]?.request.headers ?? {};
    expect(headers).toMatchObject({
      'x-correlation': 'binding-1',
      'x-request-id': 'one%0D%0Ax-evil%3A%20two',
    });
    for (const name of ['authorization', 'idempotency-key', 'x-wrk-builds-reference', 'x-evil']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it('uses a connection again after an error, so that an outage is not made worse', async () => {
    let status = 500;
    const wrk = await serve((response) => response.writeHead(status++).end('{"message":"x"}'.repeat(2_000)));
    const client = wrkHttp({ baseUrl: wrk.url, duplicates: byKey });
    for (let calls = 0; calls < 5; calls += 1) await client.createWorkflow(callFor());
    expect(wrk.seen).toHaveLength(5);
    expect(wrk.connections()).toBeLessThan(5);
  });
});

it('nothing that the client in front refuses is thrown: the call was not sent', async () => {
  const wrk = await serve((response) => response.writeHead(201).end());
  vi.stubGlobal(
    'Request',
    class {
      constructor() {
        throw new TypeError('a header with a-secret in it');
      }
    },
  );
  onTestFinished(() => void vi.unstubAllGlobals());
  const client = wrkHttp({ baseUrl: wrk.url, duplicates: { by: 'idempotency-key' } });
  expect(await client.createWorkflow(callFor())).toEqual({
    kind: 'not_sent',
    detail: 'WRK could not be reached',
  });
  expect(wrk.seen).toEqual([]);
});
