import { describe, expect, it } from 'vitest';
import type {
  AddedHeaders,
  WrkHooks,
  WrkRequest,
  WrkResponse,
} from '../../../src/adapters/wrk-http/index.js';
import { secret, wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { startFakeWrkServer } from '../../../src/testing/wrk/fake-wrk-server.js';
import { callFor, serve, WORKFLOW } from './raw-server.js';

const SECRET = 'secret-that-nobody-may-see';
const byKey = { by: 'idempotency-key' } as const;

/** One call with these hooks to a WRK that makes a workflow. */
async function callWith(hooks: WrkHooks, own: Partial<Parameters<typeof wrkHttp>[0]> = {}) {
  const wrk = await serve((response) => response.writeHead(201, { 'x-request-id': 'theirs' }).end(WORKFLOW));
  const client = wrkHttp({ baseUrl: wrk.url, duplicates: byKey, hooks, ...own });
  return { wrk, answer: await client.createWorkflow(callFor()) };
}

describe('the hook before a request', () => {
  it('sees ids and sizes, and neither the token nor the body', async () => {
    const seen: WrkRequest[] = [];
    const beforeRequest = (request: WrkRequest) => {
      seen.push(request);
      return undefined;
    };
    const { wrk, answer } = await callWith({ beforeRequest }, { token: secret(SECRET) });
    expect(answer).toMatchObject({ kind: 'created' });
    expect(seen).toEqual([
      {
        method: 'POST',
        url: `${wrk.url}/wrk-api/workflows`,
        tenantId: 'tenant-a',
        reference: 'binding-1',
        requestId: 'request-1',
        callId: 'call-1',
        bodyBytes: Buffer.byteLength(callFor().body),
      },
    ]);
  });

  it.each<[string, AddedHeaders]>([
    ['at once', { traceparent: '00-1-2-01', 'X-Gateway-Key': secret(SECRET) }],
  ])('adds headers %s, or later; one that is secret arrives as it is', async (_, headers) => {
    for (const beforeRequest of [() => headers, async () => headers]) {
      const { wrk } = await callWith({ beforeRequest });
      expect(wrk.seen[0]?.request.headers).toMatchObject({
        traceparent: '00-1-2-01',
        'x-gateway-key': SECRET,
        'idempotency-key': 'binding-1:hash-1',
      });
    }
  });

  it.each([
    'Authorization',
    'idempotency-key',
    'X-Request-Id',
    'x-wrk-builds-call-id',
    'X-Wrk-Builds-Reference',
    'content-type',
    'Content-Length',
    'transfer-encoding',
    'Expect',
    'host',
  ])('cannot replace %s: nothing is sent', async (name) => {
    const { wrk, answer } = await callWith({ beforeRequest: () => ({ [name]: SECRET }) });
    expect(answer).toEqual({
      kind: 'not_sent',
      detail: `nothing was sent: the host's beforeRequest hook returned the header ${name.toLowerCase()}, which the call sets itself`,
    });
    expect(wrk.seen).toEqual([]);
  });

  it.each<[string, NonNullable<WrkHooks['beforeRequest']>]>([
    ['throws', () => Promise.reject(new RangeError(SECRET))],
    [
      'throws at once',
      () => {
        throw new RangeError(SECRET);
      },
    ],
    ['throws what is no error', () => Promise.reject(SECRET)],
    ['gives a header with a line end', () => ({ 'x-a': `${SECRET}\r\nx-evil: 1` })],
    ['gives a header with a strange name', () => ({ 'x a': SECRET })],
    ['gives a number as a header', () => JSON.parse('{ "x-a": 7 }')],
    ['does not end before the deadline', () => new Promise(() => undefined)],
  ])('that %s keeps the request back, and its words to itself', async (_, beforeRequest) => {
    const told: WrkResponse[] = [];
    const { wrk, answer } = await callWith(
      { beforeRequest, afterResponse: (response) => told.push(response) },
      { deadlineMs: 100 },
    );
    expect(answer).toMatchObject({ kind: 'not_sent', detail: expect.stringContaining('beforeRequest hook') });
    expect(JSON.stringify(answer)).not.toContain(SECRET);
    expect([wrk.seen, told]).toEqual([[], []]);
  });

  it('is not waited for once the caller hangs up', async () => {
    const caller = new AbortController();
    const wrk = await serve((response) => response.writeHead(201).end(WORKFLOW));
    const beforeRequest = () => {
      caller.abort();
      return new Promise<undefined>(() => undefined);
    };
    const client = wrkHttp({ baseUrl: wrk.url, duplicates: byKey, hooks: { beforeRequest } });
    expect(await client.createWorkflow(callFor({ signal: caller.signal }))).toMatchObject({
      kind: 'not_begun',
    });
    expect(wrk.seen).toEqual([]);
  });
});

describe('the hook after a response', () => {
  it.each([
    ['a success', wrkBehaviour.creates(), 201],
    ['a refusal', wrkBehaviour.answers(422), 422],
    ['a failure', wrkBehaviour.answers(503), 503],
    ['a body that breaks off', wrkBehaviour.createsThenCuts(), 201],
    ['a reset', wrkBehaviour.resets(), null],
    ['silence', wrkBehaviour.hangs(), null],
  ])('is told once of %s: status, duration, ids', async (_, behaviour, status) => {
    const fake = createFakeWrk();
    fake.script(behaviour);
    const server = await startFakeWrkServer(fake);
    const told: WrkResponse[] = [];
    const client = wrkHttp({
      baseUrl: server.url,
      duplicates: byKey,
      token: secret(SECRET),
      deadlineMs: status === null ? 100 : 30_000,
      hooks: { afterResponse: (response) => told.push(response) },
    });
    await client.createWorkflow(callFor());
    await server.close();
    expect(told).toEqual([
      {
        method: 'POST',
        url: `${server.url}/wrk-api/workflows`,
        tenantId: 'tenant-a',
        reference: 'binding-1',
        requestId: 'request-1',
        callId: 'call-1',
        bodyBytes: Buffer.byteLength(callFor().body),
        status,
        wrkRequestId: status === null ? null : 'wrk_req_1',
        durationMs: expect.any(Number),
      },
    ]);
  });

  it.each<[string, () => unknown]>([
    ['throws', () => Promise.reject(new Error(SECRET))],
    [
      'throws at once',
      () => {
        throw new Error(SECRET);
      },
    ],
    ['never ends', () => new Promise(() => undefined)],
  ])('that %s changes nothing about the answer', async (_, afterResponse) => {
    const { answer } = await callWith({ afterResponse });
    expect(answer).toMatchObject({ kind: 'created', trace: { httpStatus: 201, wrkRequestId: 'theirs' } });
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });

  it('is told of a call that could not be connected', async () => {
    const told: WrkResponse[] = [];
    await callWith({ afterResponse: (response) => told.push(response) }, { baseUrl: 'http://127.0.0.1:1' });
    expect(told).toMatchObject([{ status: null, wrkRequestId: null }]);
  });
});

it('WRK’s name for a request is read from the header that the host names', async () => {
  const wrk = await serve((response) =>
    response.writeHead(503, { 'x-request-id': 'of a proxy', 'x-amzn-trace': 'Root=1' }).end(),
  );
  const client = wrkHttp({ baseUrl: wrk.url, duplicates: byKey, wrkRequestIdHeader: 'X-Amzn-Trace' });
  expect((await client.createWorkflow(callFor())).trace).toEqual({ httpStatus: 503, wrkRequestId: 'Root=1' });
});
