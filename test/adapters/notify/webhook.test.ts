import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  secret,
  type WebhookBody,
  type WebhookOptions,
  webhookNotifier,
} from '../../../src/adapters/notify/index.js';
import { webhookNotifierOn } from '../../../src/adapters/notify/webhook/webhook-notifier.js';
import { systemRuntime } from '../../../src/runtime/system-runtime.js';
import { type ArrivedRequest, replies, startHttpServer } from './support/http-server.js';
import { notice } from './support/notices.js';

const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = `whsec_${Buffer.alloc(64, 7).toString('base64')}`;
const SECRET = secret(OLD);

const open = async (
  answer: Parameters<typeof startHttpServer>[0] = replies(204),
  options: Partial<WebhookOptions> = {},
  nowMs?: number,
) => {
  const server = await startHttpServer(answer);
  onTestFinished(server.close);
  const runtime = nowMs === undefined ? systemRuntime : { ...systemRuntime, wallClockMs: () => nowMs };
  const url = `${server.url}/hook`;
  const notifier = webhookNotifierOn(runtime, { url, Webhook, secret: SECRET, timeoutMs: 5_000, ...options });
  return { ...server, notifier };
};

const send = async (
  fields: Parameters<typeof notice>[0] = {},
  key?: string,
  options: Partial<WebhookOptions> = {},
  nowMs?: number,
): Promise<ArrivedRequest> => {
  const { notifier, arrived } = await open(replies(204), options, nowMs);
  expect(await notifier.deliver(notice(fields, key))).toEqual({ status: 'delivered' });
  const [request] = arrived;
  if (!request) throw new Error('no request arrived');
  return request;
};

const headersOf = ({ headers }: ArrivedRequest) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const verify = (request: ArrivedRequest, text = OLD, headers: Record<string, string> = {}) =>
  new Webhook(text).verify(request.body, { ...headersOf(request), ...headers });

describe('a webhook', () => {
  it('carries the notification as JSON, signed by the Standard Webhooks specification', async () => {
    const request = await send({ template: 'build_failed', errorDetails: ['„ß“ 🚀'] }, 'binding:1:ada');
    expect(request).toMatchObject({ method: 'POST', path: '/hook' });
    expect(request.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'webhook-id': expect.stringMatching(/^msg_[0-9a-f]{40}$/),
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    });
    const { message } = notice({ template: 'build_failed', errorDetails: ['„ß“ 🚀'] });
    const expected: WebhookBody = {
      version: 1,
      type: 'build_failed',
      key: 'binding:1:ada',
      channel: 'email',
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
    };
    expect(verify(request)).toEqual(expected);
  });

  it('is signed as any other implementation of the specification would sign it', async () => {
    const request = await send();
    const headers = headersOf(request);
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${request.body}`;
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const digest = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${digest}`);
  });

  it('is not verified once anything of it was changed', async () => {
    const request = await send();
    const { body } = request;
    const seconds = Number(headersOf(request)['webhook-timestamp']);
    expect(() => verify(request)).not.toThrow();
    expect(() => verify({ ...request, body: body.replace('"version":1', '"version":2') })).toThrow();
    expect(() => verify({ ...request, body: `${body} ` })).toThrow();
    expect(() => verify(request, OLD, { 'webhook-id': 'msg_another' })).toThrow();
    expect(() => verify(request, OLD, { 'webhook-timestamp': `${seconds + 1}` })).toThrow();
    expect(() => verify(request, NEW)).toThrow();
  });

  it('B8 of a year ago is not verified, nor one whose time is no number', async () => {
    const old = await send({}, 'a key', {}, Date.now() - 31_536_000_000);
    expect(() => verify(old)).toThrow('too old');
    expect(() => verify(old, OLD, { 'webhook-timestamp': 'NaN' })).toThrow();
    expect(() => verify(old, OLD, { 'webhook-timestamp': `${Math.floor(Date.now() / 1_000)}` })).toThrow(
      'signature',
    );
  });

  it('has one id for all attempts of a delivery, and its own for each attempt’s time', async () => {
    const { notifier, arrived } = await open(replies(503));
    await notifier.deliver(notice({}, 'binding:1:ada'));
    await notifier.deliver(notice({}, 'binding:1:ada'));
    await notifier.deliver(notice({}, 'binding:1:bob'));
    const [first, again, other] = arrived.map(({ headers }) => headers['webhook-id']);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    const later = await send({}, 'binding:1:ada', {}, Date.now() + 60_000);
    expect(later.headers['webhook-id']).toBe(first);
    expect(() => verify(later)).not.toThrow();
  });

  it('has an id of a few plain characters, whatever the key contains', async () => {
    const keys = ['a b\r\nx-own: 1 ü \ud800 🚀', 'a.b', 'k'.repeat(100_000)];
    for (const key of keys) {
      const request = await send({}, key);
      expect(request.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{40}$/);
      expect(request.headers['x-own']).toBeUndefined();
      expect(verify(request)).toMatchObject({ key });
    }
  });

  it('is signed with both secrets while the secret is changed, and either verifies it', async () => {
    const request = await send({}, 'a key', { secret: [SECRET, secret(NEW)] });
    const [first, second, ...rest] = headersOf(request)['webhook-signature']?.split(' ') ?? [];
    expect([first, second, ...rest]).toEqual([expect.stringMatching(/^v1,/), expect.stringMatching(/^v1,/)]);
    expect(verify(request, OLD)).toEqual(verify(request, NEW));
    const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    expect(() => verify(request, other)).toThrow('signature');
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

/** The vector that every library of the specification is tested with. */
describe('the test vector of the specification', () => {
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  const body = '{"test": 2432232314}';
  const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

  it('is what the class that is passed in makes of it', () => {
    expect(new Webhook(OLD).sign(id, new Date(1_614_265_330_000), body)).toBe(signature);
  });

  it('passes through the notifier: secret, id, time and body reach the class, and the signature the header', async () => {
    const seen: unknown[] = [];
    class Spy extends Webhook {
      override sign(given: string, timestamp: Date, payload: string): string {
        seen.push([given, timestamp.getTime(), payload]);
        return super.sign(id, timestamp, body);
      }
    }
    const request = await send({}, 'a key', { Webhook: Spy }, 1_614_265_330_999);
    expect(request.headers).toMatchObject({
      'webhook-timestamp': '1614265330',
      'webhook-signature': signature,
    });
    expect(seen).toEqual([[request.headers['webhook-id'], 1_614_265_330_999, request.body]]);
  });
});

describe('webhookNotifier', () => {
  const url = 'https://example.com';
  const short = secret(`whsec_${Buffer.from('of fewer than 24 bytes').toString('base64')}`);
  const long = secret(`whsec_${Buffer.alloc(65).toString('base64')}`);
  it.each([
    { url: 'nowhere', Webhook, secret: SECRET },
    { url: 'https://user:pass@example.com', Webhook, secret: SECRET },
    { url, Webhook, secret: short },
    { url, Webhook, secret: long },
    { url, Webhook, secret: secret('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') },
    { url, Webhook, secret: secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS?') },
    { url, Webhook, secret: [] },
    { url, Webhook, secret: [SECRET, short] },
    { url, Webhook, secret: OLD },
    { url, Webhook: Map, secret: SECRET },
    { url, secret: SECRET },
  ])('refuses options that cannot be used, and shows none of them: %#', (options) => {
    const make = () => Reflect.apply(webhookNotifier, undefined, [options]);
    expect(make).toThrow(TypeError);
    expect(make).not.toThrow(/user:pass|MfKQ9r8G|fewer|b2YgZmV3ZXI/);
  });
});
