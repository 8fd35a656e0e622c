import { describe, expect, it } from 'vitest';
import { BUILD_IN_PROGRESS, openReadyVersion } from './support/ready-version.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('a request id', () => {
  it.each(['req-1', 'Root=1-67891233-abcdef:a.b/c_d+e@f', 'x'.repeat(128)])('%s is kept', async (id) => {
    const { patch, app } = await openReadyVersion();
    expect((await patch(BUILD_IN_PROGRESS, { 'x-request-id': id })).headers.get('x-request-id')).toBe(id);
    expect((await app.store.libraryRows()).bindings).toMatchObject([{ request_id: id }]);
  });

  it.each(['', 'a b', 'a\tb', 'a,b', '"a"', '{"a":1}', '\u00e9', '%0a', '\u009b31m', 'x'.repeat(129)])(
    'that could break a log line is replaced: %j',
    async (id) => {
      const { patch, app } = await openReadyVersion();
      const made = (await patch(BUILD_IN_PROGRESS, { 'x-request-id': id })).headers.get('x-request-id');
      expect(made).toMatch(UUID);
      expect((await app.store.libraryRows()).bindings).toMatchObject([{ request_id: made }]);
    },
  );
});

describe('an idempotency key', () => {
  it.each([
    ['is blank', ' '],
    ['is too long', 'x'.repeat(201)],
  ])('that %s is refused, and changes nothing', async (_, key) => {
    const { patch, expectUnchanged } = await openReadyVersion();
    const { status, body } = await patch(BUILD_IN_PROGRESS, { 'idempotency-key': key });
    expect([status, body.error_code]).toEqual([400, 'invalid_input']);
    await expectUnchanged();
  });

  it('may be any bytes that a header may hold', async () => {
    const { patch } = await openReadyVersion();
    const send = () => patch(BUILD_IN_PROGRESS, { 'idempotency-key': 'k\u00e9y \u00ff' });
    const first = await send();
    expect([first.status, (await send()).body]).toEqual([202, first.body]);
  });
});

it('headers that are too large are refused before anybody reads them', async () => {
  let asked = 0;
  const { send } = await openReadyVersion({
    authenticate: () => {
      asked += 1;
      return null;
    },
  });
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`x-${at}`, 'x'.repeat(500)]));
  const { status, body } = await send('GET', '/v1/admin/builds', undefined, many);
  expect([status, body.error_code, asked]).toEqual([431, 'headers_too_large', 0]);
});

describe('every answer', () => {
  it.each<[number, string, string, unknown]>([
    [200, 'GET', '/v1/admin/builds', undefined],
    [200, 'GET', '/v1/openapi.json', undefined],
    [400, 'GET', '/v1/admin/builds?limit=0', undefined],
    [404, 'GET', '/v1/nothing', undefined],
    [404, 'GET', '/v1/admin/builds/nothing', undefined],
    [405, 'PUT', '/v1/admin/builds', undefined],
    [413, 'POST', '/v1/admin/builds/retry', 'x'.repeat(70_000)],
    [414, 'GET', `/v1/admin/builds?a=${'x'.repeat(5_000)}`, undefined],
  ])('(%i to %s %s) may not be kept, nor taken for something else', async (expected, method, path, body) => {
    const { send } = await openReadyVersion();
    const { status, headers } = await send(method, path, body, { 'x-request-id': 'req-1' });
    expect([status, Object.fromEntries(headers)]).toEqual([
      expected,
      expect.objectContaining({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        vary: 'Authorization, Cookie, Origin',
        'content-type': 'application/json; charset=utf-8',
        'x-request-id': 'req-1',
      }),
    ]);
  });

  it('B8 says how to sign in when nobody is', async () => {
    const challengeOf = async (options = {}) =>
      (
        await (await openReadyVersion({ authenticate: () => null, ...options })).patch(BUILD_IN_PROGRESS)
      ).headers.get('www-authenticate');
    expect(await challengeOf()).toBe('Bearer');
    expect(await challengeOf({ challenge: 'Basic realm="builds"' })).toBe('Basic realm="builds"');
  });

  it.each([204, 304])('B8 (%i of the host, without a body) may not be kept either', async (status) => {
    const { handler, request } = await openReadyVersion({
      onOtherStatus: async () => new Response(null, { status, headers: { vary: 'Accept' } }),
    });
    const other = JSON.stringify({ status: 'Ready for Build' });
    const answer = await handler(request(other, { 'x-request-id': 'req-1' }));
    expect([answer.status, Object.fromEntries(answer.headers)]).toEqual([
      status,
      {
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': 'req-1',
        vary: 'Accept, Authorization, Cookie, Origin',
      },
    ]);
  });

  it('says so too when nobody is let in, and when something failed', async () => {
    const failing = () => {
      throw new Error('away');
    };
    for (const authenticate of [() => null, failing]) {
      const { patch } = await openReadyVersion({ authenticate });
      const { headers } = await patch(BUILD_IN_PROGRESS);
      expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
        'no-store',
        'nosniff',
      ]);
    }
  });

  it('says so too when it is a stream', async () => {
    const { handler } = await openReadyVersion();
    const answer = await handler(new Request('https://host.example/v1/admin/builds/events'));
    await answer.body?.cancel();
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
