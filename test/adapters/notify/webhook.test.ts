import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { secret, verifyWebhook, webhookNotifier } from '../../../src/adapters/notify/index.js';
import { type ArrivedRequest, replies, startHttpServer } from './support/http-server.js';
import { notice } from './support/notices.js';

const TEXT = 'a secret of at least thirty-two characters';
const SECRET = secret(TEXT);
const OTHER = secret('another secret of thirty-two characters');

const open = async (answer: Parameters<typeof startHttpServer>[0] = replies(204)) => {
  const server = await startHttpServer(answer);
  onTestFinished(server.close);
  const notifier = webhookNotifier({ url: `${server.url}/hook`, secret: SECRET, timeoutMs: 5_000 });
  return { ...server, notifier };
};

const send = async (fields: Parameters<typeof notice>[0] = {}, key?: string): Promise<ArrivedRequest> => {
  const { notifier, arrived } = await open();
  expect(await notifier.deliver(notice(fields, key))).toEqual({ status: 'delivered' });
  const [request] = arrived;
  if (!request) throw new Error('a request arrived');
  return request;
};

const timeOf = ({ headers }: ArrivedRequest) => Number(headers['x-wrk-builds-timestamp']) * 1_000;

/** Signs as any service could, without the library. */
const signature = (body: string, seconds: number, text = TEXT) =>
  `v1=${createHmac('sha256', text).update(`${seconds}.${body}`).digest('hex')}`;

describe('a webhook', () => {
  it('carries the notification as JSON, with its key, its time and a signature over both', async () => {
    const before = Date.now();
    const request = await send({ template: 'build_failed', errorDetails: ['„ß“ 🚀'] }, 'binding:1:ada');
    expect(request).toMatchObject({ method: 'POST', path: '/hook' });
    expect(request.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'idempotency-key': 'binding:1:ada',
      'x-wrk-builds-signature': signature(request.body, timeOf(request) / 1_000),
    });
    expect(Math.abs(timeOf(request) - before)).toBeLessThan(60_000);
    const { message } = notice({ template: 'build_failed', errorDetails: ['„ß“ 🚀'] });
    expect(JSON.parse(request.body)).toEqual({
      version: 1,
      key: 'binding:1:ada',
      channel: 'email',
      template: 'build_failed',
      audience: 'client',
      tenant_id: message.tenantId,
      binding_id: message.bindingId,
      automation_version_id: message.automationVersionId,
      project_id: message.projectId,
      assignee_id: null,
      automation_name: message.automationName,
      project_name: message.projectName,
      workflow_url: null,
      error_reason: null,
      error_details: ['„ß“ 🚀'],
      request_id: message.requestId,
      recipient: { id: 'ada', address: 'ada@example.com' },
    });
  });

  it('carries a key of any characters, which no header could', async () => {
    const { headers, body } = await send({}, 'a b\r\nx-own: 1 ü \ud800 🚀');
    expect(headers['idempotency-key']).toBe('a%20b%0D%0Ax-own:%201%20%C3%BC%20%EF%BF%BD%20%F0%9F%9A%80');
    expect(headers['x-own']).toBeUndefined();
    expect(JSON.parse(body).key).toBe('a b\r\nx-own: 1 ü \ud800 🚀');
  });

  it.each([
    [200, true, null],
    [204, true, null],
    [400, false, false],
    [401, false, false],
    [404, false, false],
    [410, false, false],
    [302, false, false],
    [408, false, true],
    [425, false, true],
    [500, false, true],
    [503, false, true],
  ])('that is answered %i is delivered: %s, tried again: %s', async (status, delivered, retryable) => {
    const { notifier } = await open(replies(status, 'some text of the service'));
    const answer = await notifier.deliver(notice());
    expect(answer).toMatchObject(delivered ? { status: 'delivered' } : { status: 'failed', retryable });
    expect(JSON.stringify(answer)).not.toContain('some text');
  });

  it('that is told to wait says for how long', async () => {
    const { notifier } = await open(replies(503, '', { 'retry-after': '120' }));
    expect(await notifier.deliver(notice())).toMatchObject({ retryable: true, retryAfterMs: 120_000 });
  });
});

describe('verifyWebhook', () => {
  it('reads what was signed, from the headers of Node and from those of fetch, as text and as bytes', async () => {
    const request = await send({ template: 'qa_ready' }, 'the key');
    const headers = new Headers({
      'X-Wrk-Builds-Timestamp': String(request.headers['x-wrk-builds-timestamp']),
      'X-Wrk-Builds-Signature': String(request.headers['x-wrk-builds-signature']),
    });
    for (const each of [
      { headers: request.headers, body: request.body },
      { headers, body: new TextEncoder().encode(request.body) },
    ]) {
      const verified = verifyWebhook({ secret: SECRET, ...each, now: timeOf(request) });
      expect(verified._unsafeUnwrap()).toEqual(JSON.parse(request.body));
    }
  });

  const code = (
    request: ArrivedRequest,
    changed: Partial<Parameters<typeof verifyWebhook>[0]> = {},
    headers: Readonly<Record<string, string | string[] | undefined>> = {},
  ) =>
    verifyWebhook({
      secret: SECRET,
      headers: { ...request.headers, ...headers },
      body: request.body,
      now: timeOf(request),
      ...changed,
    }).match(
      () => 'verified',
      (problem) => problem.code,
    );

  it('refuses what was changed on the way', async () => {
    const request = await send();
    const { body } = request;
    const given = String(request.headers['x-wrk-builds-signature']);
    const time = String(request.headers['x-wrk-builds-timestamp']);
    expect(code(request)).toBe('verified');
    expect(code(request, { body: body.replace('"version":1', '"version":2') })).toBe('signature_wrong');
    expect(code(request, { body: `${body} ` })).toBe('signature_wrong');
    expect(code(request, { body: '' })).toBe('signature_wrong');
    expect(code(request, {}, { 'x-wrk-builds-timestamp': String(Number(time) + 1) })).toBe('signature_wrong');
    expect(code(request, {}, { 'x-wrk-builds-timestamp': `0${time}` })).toBe('signature_wrong');
    for (const forged of [
      'v1=',
      `v1=${'0'.repeat(64)}`,
      given.slice(0, -1),
      given.replace('v1', 'v2'),
      given.slice(3),
      `${given}0`,
      '',
    ])
      expect(code(request, {}, { 'x-wrk-builds-signature': forged }), forged).toBe('signature_wrong');
  });

  it('refuses another secret, and takes any of several while it is changed', async () => {
    const request = await send();
    expect(code(request, { secret: OTHER })).toBe('signature_wrong');
    expect(code(request, { secret: [OTHER, SECRET] })).toBe('verified');
    expect(code(request, { secret: [SECRET, OTHER] })).toBe('verified');
  });

  it('takes one good signature among several, and of other versions', async () => {
    const request = await send();
    const given = String(request.headers['x-wrk-builds-signature']);
    const several = `v0=x, v1=${'0'.repeat(64)},${given} , v2=${'1'.repeat(64)}`;
    expect(code(request, {}, { 'x-wrk-builds-signature': several })).toBe('verified');
  });

  it('refuses what was signed too long ago, or for a time that is still to come', async () => {
    const request = await send();
    const at = timeOf(request);
    expect(code(request, { now: at + 300_000 })).toBe('verified');
    expect(code(request, { now: at + 300_001 })).toBe('too_old');
    expect(code(request, { now: at - 300_000 })).toBe('verified');
    expect(code(request, { now: at - 300_001 })).toBe('too_new');
    expect(code(request, { now: at + 1_001, toleranceMs: 1_000 })).toBe('too_old');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, '300000', null])(
    'B8 takes no tolerance of %s, under which an old request would pass',
    async (toleranceMs) => {
      const request = await send();
      const options = { now: timeOf(request) + 31_536_000_000, toleranceMs };
      expect(() => Reflect.apply(code, undefined, [request, options])).toThrow(TypeError);
      expect(() => Reflect.apply(code, undefined, [request, options])).toThrow('toleranceMs');
    },
  );

  it.each([
    { 'x-wrk-builds-timestamp': undefined },
    { 'x-wrk-builds-signature': undefined },
    { 'x-wrk-builds-timestamp': 'now' },
    { 'x-wrk-builds-timestamp': '-1' },
    { 'x-wrk-builds-timestamp': '1e3' },
    { 'x-wrk-builds-timestamp': ['1', '2'] },
    { 'X-Wrk-Builds-Signature': 'twice' },
  ])('refuses headers that are not there once: %j', async (headers) => {
    expect(code(await send(), {}, headers)).toBe('headers_missing');
  });

  it.each(['not json', '{}', 'null', '{"version":2}'])(
    'refuses what is signed and no notification: %s',
    (body) => {
      const headers = {
        'x-wrk-builds-timestamp': '1000',
        'x-wrk-builds-signature': signature(body, 1_000),
      };
      const verified = verifyWebhook({ secret: SECRET, headers, body, now: 1_000_000 });
      expect(verified._unsafeUnwrapErr()).toEqual({
        code: 'not_readable',
        message: expect.stringContaining('version 1'),
      });
    },
  );

  it('says what is wrong without anything that was sent', async () => {
    const request = await send({ automationName: 'confidential' });
    const refused = verifyWebhook({ secret: OTHER, headers: request.headers, body: request.body });
    expect(inspect(refused, { depth: null })).not.toMatch(/confidential|thirty-two|v1=/);
  });

  it('wants a secret, and a long one', () => {
    const given = { headers: {}, body: '' };
    expect(() => verifyWebhook({ ...given, secret: secret('short') })).toThrow(TypeError);
    expect(() => verifyWebhook({ ...given, secret: [] })).toThrow(TypeError);
    expect(() => verifyWebhook({ ...given, secret: secret('short') })).not.toThrow('short secret');
  });
});

describe('webhookNotifier', () => {
  it.each([
    { url: 'nowhere', secret: SECRET },
    { url: 'https://user:pass@example.com', secret: SECRET },
    { url: 'https://example.com', secret: secret('too short') },
    JSON.parse(`{"url":"https://example.com","secret":"${TEXT}"}`),
  ])('refuses options that cannot be used, and shows none of them', (options) => {
    expect(() => webhookNotifier(options)).toThrow(TypeError);
    expect(() => webhookNotifier(options)).not.toThrow(/user:pass|too short|thirty-two/);
  });
});
