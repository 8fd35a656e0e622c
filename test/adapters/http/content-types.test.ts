import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { errorCodeOf } from './support/everything-of.js';
import { BUILD_IN_PROGRESS, openReadyVersion } from './support/ready-version.js';

const TEXT = JSON.stringify(BUILD_IN_PROGRESS);

it.each([
  ['no type', null],
  ['an empty type', ''],
  ['text', 'text/plain'],
  ['a form', 'application/x-www-form-urlencoded'],
  ['a form in parts', 'multipart/form-data; boundary=b'],
  ['a type that begins alike', 'application/jsonp'],
  ['a type that ends alike', 'application/problem+json'],
  ['UTF-16', 'application/json; charset=utf-16'],
  ['two charsets', 'application/json; charset=utf-8; charset=utf-16'],
  ['two types', 'application/json, text/plain'],
])('%s is not valid JSON in UTF-8, and nothing is carried out', async (_, type) => {
  const { handler, request, expectUnchanged } = await openReadyVersion();
  const asked = request(TEXT);
  if (type === null) asked.headers.delete('content-type');
  else asked.headers.set('content-type', type);
  const answer = await handler(asked);
  expect([answer.status, errorCodeOf(await answer.text())]).toEqual([415, 'unsupported_media_type']);
  await expectUnchanged();
});

it.each([
  'application/json',
  'Application/JSON',
  'application/json;charset=UTF-8',
  'application/json; charset="utf-8"',
])('%s is', async (type) => {
  const { handler, request } = await openReadyVersion();
  expect((await handler(request(TEXT, { 'content-type': type }))).status).toBe(202);
});

it.each(['gzip', 'br', 'deflate', 'gzip, identity', 'nonsense'])(
  'a body in %s is not unpacked',
  async (encoding) => {
    const { handler, request, expectUnchanged } = await openReadyVersion();
    const answer = await handler(request(gzipSync(TEXT), { 'content-encoding': encoding }));
    expect(answer.status).toBe(415);
    await expectUnchanged();
  },
);
