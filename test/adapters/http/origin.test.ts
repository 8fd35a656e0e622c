import { describe, expect, it } from 'vitest';
import type { AllowedOrigins } from '../../../src/adapters/http/index.js';
import { stableId, TENANT } from '../../../src/testing/builders.js';
import { opsOf } from './support/http-caller.js';
import { BUILD_IN_PROGRESS, openReadyVersion } from './support/ready-version.js';

const APP = 'https://app.example';
const byCookie = () => ({ ...opsOf(TENANT), userId: stableId('person'), byCookie: true });

const origin = (value: string | null): Record<string, string> => (value === null ? {} : { origin: value });

describe('a change that a cookie came along with', () => {
  it.each([
    ['no page', null],
    ['a page without an origin', 'null'],
    ['another page', 'https://evil.example'],
    ['a page whose name begins alike', `${APP}.evil.example`],
    ['a page over http', 'http://app.example'],
    ['a page on another port', `${APP}:8443`],
    ['the same host in capitals', 'https://APP.example'],
    ['two pages', `${APP}, https://evil.example`],
  ])('is refused from %s', async (_, from) => {
    const { patch, expectUnchanged } = await openReadyVersion({
      authenticate: byCookie,
      allowedOrigins: [APP],
    });
    const { status, body } = await patch(BUILD_IN_PROGRESS, origin(from));
    expect([status, body.error_code]).toEqual([403, 'origin_not_allowed']);
    await expectUnchanged();
  });

  it('is refused from everywhere until the host names an origin', async () => {
    const { patch, expectUnchanged } = await openReadyVersion({ authenticate: byCookie });
    expect((await patch(BUILD_IN_PROGRESS, origin(APP))).status).toBe(403);
    await expectUnchanged();
  });

  it('is carried out from a page that the host names', async () => {
    const { patch } = await openReadyVersion({
      authenticate: byCookie,
      allowedOrigins: ['https://a.example', APP],
    });
    expect((await patch(BUILD_IN_PROGRESS, origin(APP))).status).toBe(202);
  });

  it.each<[string, AllowedOrigins, number]>([
    ['says yes', async (request) => request.headers.get('origin') === APP, 202],
    ['says no', () => false, 403],
    [
      'throws',
      () => {
        throw new Error('no list');
      },
      500,
    ],
  ])('is answered by a check of the host’s own that %s', async (_, allowedOrigins, expected) => {
    const { patch, expectUnchanged } = await openReadyVersion({ authenticate: byCookie, allowedOrigins });
    expect((await patch(BUILD_IN_PROGRESS, origin(APP))).status).toBe(expected);
    if (expected !== 202) await expectUnchanged();
  });
});

it('nobody asks where a GET or a token comes from', async () => {
  let asked = 0;
  const allowedOrigins = () => {
    asked += 1;
    return false;
  };
  const reading = await openReadyVersion({ authenticate: byCookie, allowedOrigins });
  expect((await reading.send('GET', '/v1/admin/builds')).status).toBe(200);
  const withToken = await openReadyVersion({ allowedOrigins });
  expect((await withToken.patch(BUILD_IN_PROGRESS, origin('https://evil.example'))).status).toBe(202);
  expect(asked).toBe(0);
});
