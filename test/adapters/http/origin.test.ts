import { describe, expect, it } from 'vitest';
import type { AllowedOrigins } from '../../../src/adapters/http/index.js';
import { BUILD_IN_PROGRESS, openReadyVersion } from './support/ready-version.js';

const APP = 'https://app.example';
const COOKIE = { cookie: 'session=1' };
const allowedOrigins = [APP];

type Sent = Readonly<Record<string, string>>;

/** What browsers and others send beside a cookie, and the pages that it may come from. */
const REFUSED: readonly (readonly [name: string, headers: Sent])[] = [
  ['nothing that says from where', {}],
  ['no origin, from another site', { 'sec-fetch-site': 'cross-site' }],
  ['no origin, from a sibling subdomain', { 'sec-fetch-site': 'same-site' }],
  ['no origin, from nowhere', { 'sec-fetch-site': 'none' }],
  ['a page without an origin', { origin: 'null' }],
  ['an empty origin', { origin: '' }],
  ['another page', { origin: 'https://evil.example' }],
  [
    'another page that is said to be ours',
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  ],
  ['a sibling subdomain', { origin: 'https://shop.app.example', 'sec-fetch-site': 'same-site' }],
  ['a name that begins alike', { origin: `${APP}.evil.example` }],
  ['a page over http', { origin: 'http://app.example' }],
  ['a page on another port', { origin: `${APP}:8443` }],
  ['the same host in capitals', { origin: 'https://APP.example' }],
  ['the same host with a dot at its end', { origin: 'https://app.example.' }],
  ['two pages', { origin: `${APP}, https://evil.example` }],
  ['the password of a browser', { origin: 'https://evil.example', authorization: 'Basic b3BzOm9wcw==' }],
  ['an empty authorization', { authorization: '' }],
];

describe('a change that a cookie came along with', () => {
  it.each(REFUSED)('B4 is refused with %s, whatever the host says of its callers', async (_, headers) => {
    const { patch, expectUnchanged } = await openReadyVersion({ allowedOrigins });
    const { status, body } = await patch(BUILD_IN_PROGRESS, { ...COOKIE, ...headers });
    expect([status, body.error_code]).toEqual([403, 'origin_not_allowed']);
    expect(body.message).toContain('`allowedOrigins`');
    await expectUnchanged();
  });

  it('B4 is refused as the form of another page, which has no body', async () => {
    const { send, project, expectUnchanged } = await openReadyVersion({ allowedOrigins });
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' };
    const path = `/v1/admin/projects/${project.projectId}/request-build`;
    expect((await send('POST', path, undefined, { ...COOKIE, ...form })).status).toBe(403);
    await expectUnchanged();
  });

  it('B4 is not carried out as a GET or a POST that asks for another method', async () => {
    const { send, path, expectUnchanged } = await openReadyVersion({ allowedOrigins });
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const headers = { ...COOKIE, [name]: 'PATCH' };
      expect((await send('GET', `${path}?_method=PATCH`, undefined, headers)).status).toBe(405);
      expect((await send('POST', `${path}?_method=PATCH`, BUILD_IN_PROGRESS, headers)).status).toBe(405);
    }
    await expectUnchanged();
  });

  it('B4 is refused from everywhere until the host names an origin', async () => {
    const { patch, expectUnchanged } = await openReadyVersion();
    expect((await patch(BUILD_IN_PROGRESS, { ...COOKIE, origin: APP })).status).toBe(403);
    await expectUnchanged();
  });

  it.each<[string, Sent]>([
    ['from a page that the host names', { origin: APP }],
    ['from a page that the host names, on another site', { origin: APP, 'sec-fetch-site': 'cross-site' }],
    ['from a page beside the API, without an origin', { 'sec-fetch-site': 'same-origin' }],
    ['with a token, which no page can take from another', { authorization: 'Bearer token' }],
  ])('B4 is carried out %s', async (_, headers) => {
    const { patch } = await openReadyVersion({ allowedOrigins: ['https://a.example', APP] });
    expect((await patch(BUILD_IN_PROGRESS, { ...COOKIE, ...headers })).status).toBe(202);
  });

  it.each<[string, AllowedOrigins, number]>([
    ['says yes', async (request) => request.headers.get('origin') === APP, 202],
    ['says no', () => false, 403],
    ['says what is neither', () => JSON.parse('"no"'), 403],
    [
      'throws',
      () => {
        throw new Error('no list');
      },
      500,
    ],
  ])('is answered by a check of the host’s own that %s', async (_, check, expected) => {
    const { patch, expectUnchanged } = await openReadyVersion({ allowedOrigins: check });
    expect((await patch(BUILD_IN_PROGRESS, { ...COOKIE, origin: APP })).status).toBe(expected);
    if (expected !== 202) await expectUnchanged();
  });
});

it('B4 a change from another site is refused with a token too, and without a cookie', async () => {
  const { patch, expectUnchanged } = await openReadyVersion({ allowedOrigins });
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  for (const more of [{}, { authorization: 'Bearer token' }])
    expect((await patch(BUILD_IN_PROGRESS, { ...foreign, ...more })).status).toBe(403);
  await expectUnchanged();
});

it('B4 a host that has another protection says so in a word that nobody writes by mistake', async () => {
  const { patch } = await openReadyVersion({ dangerouslyAllowEveryOrigin: true });
  expect((await patch(BUILD_IN_PROGRESS, { ...COOKIE, origin: 'https://evil.example' })).status).toBe(202);
});

it('nobody asks where a GET or a program with a token comes from', async () => {
  let asked = 0;
  const { send, patch } = await openReadyVersion({
    allowedOrigins: () => {
      asked += 1;
      return false;
    },
  });
  const foreign = { ...COOKIE, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  expect((await send('GET', '/v1/admin/builds', undefined, foreign)).status).toBe(200);
  expect((await patch(BUILD_IN_PROGRESS, { authorization: 'Bearer token' })).status).toBe(202);
  expect(asked).toBe(0);
});

it('B4 a page of another site opens no event stream in the name of whoever visits it', async () => {
  const { handler } = await openReadyVersion({ allowedOrigins });
  const open = async (headers: Sent) => {
    const answer = await handler(
      new Request('https://host.example/v1/admin/builds/events', { headers: { ...COOKIE, ...headers } }),
    );
    await answer.body?.cancel();
    return answer.status;
  };
  expect(await open({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await open({ origin: APP, 'sec-fetch-site': 'same-site' })).toBe(200);
  expect(await open({ 'sec-fetch-site': 'same-origin' })).toBe(200);
  expect(await open({})).toBe(200);
});
