import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { notificationWriter, secret, slackNotifier } from '../../../src/adapters/notify/index.js';
import { createPause } from '../../../src/adapters/notify/slack-notifier.js';
import { replies, startHttpServer } from './support/http-server.js';
import { notice } from './support/notices.js';

const PATH = '/services/T000/B000/the-secret-part';

const open = async (
  answer: Parameters<typeof startHttpServer>[0] = replies(200, 'ok'),
  timeoutMs = 5_000,
) => {
  const server = await startHttpServer(answer);
  onTestFinished(server.close);
  const notifier = slackNotifier({ webhookUrl: secret(server.url + PATH), timeoutMs });
  return { ...server, notifier };
};

describe('a Slack message', () => {
  it('is posted as blocks with a plain text, and shows no preview of its links', async () => {
    const { notifier, arrived } = await open();
    const message = notice({ channel: 'slack', audience: 'ops_channel', automationName: '<!channel> & *x*' });
    expect(await notifier.deliver(message)).toEqual({ status: 'delivered' });
    expect(arrived).toMatchObject([{ method: 'POST', path: PATH }]);
    expect(arrived[0]?.headers['content-type']).toBe('application/json; charset=utf-8');
    const body = JSON.parse(arrived[0]?.body ?? '');
    expect(body).toEqual({
      ...notificationWriter()(message).slack,
      unfurl_links: false,
      unfurl_media: false,
    });
    expect(body.text).toBe('New build: &lt;!channel&gt; &amp; *x*');
  });

  it('from a template without one has the plain text, escaped', async () => {
    const server = await startHttpServer(replies(200, 'ok'));
    onTestFinished(server.close);
    const build_started = () => ({ subject: 's', text: '<!here>\n\u202Eline two\n', html: '' });
    const notifier = slackNotifier({ webhookUrl: secret(server.url), templates: { build_started } });
    await notifier.deliver(notice());
    expect(JSON.parse(server.arrived[0]?.body ?? '')).toMatchObject({
      text: '&lt;!here&gt;\nline two',
      blocks: [{ type: 'section', text: { type: 'plain_text', text: '<!here>\nline two', emoji: false } }],
    });
  });

  it('goes to the webhook that the host chooses for it, or to none', async () => {
    const server = await startHttpServer(replies(200, 'ok'));
    onTestFinished(server.close);
    const notifier = slackNotifier({
      webhookUrl: ({ message }) => (message.tenantId === 'a' ? secret(`${server.url}/a`) : null),
    });
    expect(await notifier.deliver(notice({ tenantId: 'a' }))).toEqual({ status: 'delivered' });
    expect(await notifier.deliver(notice({ tenantId: 'b' }))).toEqual({
      status: 'failed',
      retryable: false,
      reason: 'there is no usable webhook for this notification: check webhookUrl',
    });
    expect(server.arrived.map(({ path }) => path)).toEqual(['/a']);
  });
});

describe('a Slack message that is refused', () => {
  it.each([
    [404, 'no_service', false, 'Slack answered 404: no_service'],
    [404, 'channel_not_found', false, 'Slack answered 404: channel_not_found'],
    [410, 'channel_is_archived', false, 'Slack answered 410: channel_is_archived'],
    [403, 'action_prohibited', false, 'Slack answered 403: action_prohibited'],
    [400, 'invalid_payload', false, 'Slack answered 400: invalid_payload'],
    [400, 'the token xoxb-1 is wrong', false, 'Slack answered 400'],
    [500, 'rollup_error', true, 'Slack answered 500'],
    [503, '', true, 'Slack answered 503'],
    [408, '', true, 'Slack answered 408'],
  ])('with %i %s is tried again: %s', async (status, body, retryable, reason) => {
    const { notifier } = await open(replies(status, body));
    expect(await notifier.deliver(notice())).toEqual({ status: 'failed', retryable, reason });
  });

  it.each([301, 302, 307, 308])('with the redirect %i is sent nowhere else', async (status) => {
    const other = await startHttpServer(replies(200, 'ok'));
    onTestFinished(other.close);
    const { notifier } = await open(replies(status, '', { location: other.url }));
    expect(await notifier.deliver(notice())).toMatchObject({ status: 'failed', retryable: false });
    expect(other.arrived).toEqual([]);
  });

  it('for coming too fast waits as long as Slack says, and nothing more is posted meanwhile', async () => {
    const { notifier, arrived } = await open(replies(429, 'rate_limited', { 'retry-after': '30' }));
    expect(await notifier.deliver(notice())).toEqual({
      status: 'failed',
      retryable: true,
      reason: 'Slack answered 429',
      retryAfterMs: 30_000,
    });
    const next = await notifier.deliver(notice());
    expect(next).toMatchObject({
      status: 'failed',
      retryable: true,
      reason: 'Slack is rate limiting this webhook',
    });
    const { retryAfterMs = 0 } = next.status === 'failed' ? next : {};
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(30_000);
    expect(arrived).toHaveLength(1);
  });

  it.each([undefined, 'soon', '-1', '1e9', '99999999'])(
    'for coming too fast is tried again as ever where the wait is %j',
    async (wait) => {
      const headers: Record<string, string> = wait === undefined ? {} : { 'retry-after': wait };
      const { notifier, arrived } = await open(replies(429, '', headers));
      for (let times = 0; times < 2; times += 1)
        expect(await notifier.deliver(notice())).toEqual({
          status: 'failed',
          retryable: true,
          reason: 'Slack answered 429',
        });
      expect(arrived).toHaveLength(2);
    },
  );

  it('by silence is tried again', async () => {
    const { notifier } = await open(() => {}, 50);
    expect(await notifier.deliver(notice())).toEqual({
      status: 'failed',
      retryable: true,
      reason: 'Slack did not answer in time',
    });
  });

  it('by a broken connection is tried again', async () => {
    const { notifier } = await open((response) => response.destroy());
    expect(await notifier.deliver(notice())).toMatchObject({ status: 'failed', retryable: true });
  });

  it('by nobody who listens is tried again, and shows no address', async () => {
    const { notifier, close, url } = await open();
    await close();
    const answer = await notifier.deliver(notice());
    expect(answer).toEqual({
      status: 'failed',
      retryable: true,
      reason: 'Slack could not be reached, or the connection broke (ECONNREFUSED)',
    });
    expect(inspect([notifier, answer], { depth: null, showHidden: true })).not.toContain(url);
  });

  it('with a body that goes on for ever is told by its status', async () => {
    const { notifier } = await open((response) => {
      response.writeHead(500);
      const drip = setInterval(() => response.write('x'.repeat(1_000)), 1);
      response.on('close', () => clearInterval(drip));
    });
    expect(await notifier.deliver(notice())).toMatchObject({ reason: 'Slack answered 500' });
  });
});

describe('slackNotifier', () => {
  it.each(['not-an-url', 'ftp://hooks.slack.com/x', 'https://user:pass@hooks.slack.com/x'])(
    'refuses the address %s and does not show it',
    (url) => {
      expect(() => slackNotifier({ webhookUrl: secret(url) })).toThrow(TypeError);
      expect(() => slackNotifier({ webhookUrl: secret(url) })).not.toThrow(url);
    },
  );

  it('refuses a bare string, which a log would show', () => {
    const bare = JSON.parse('{"webhookUrl":"https://hooks.slack.com/services/x"}');
    expect(() => slackNotifier(bare)).toThrow(/secret\(/);
  });
});

describe('a pause', () => {
  it('lasts as long as the longest that was asked for, for its own place, and then is over', () => {
    let now = 0;
    const pause = createPause({ monotonicMs: () => now });
    pause.begin('a', 1_000);
    pause.begin('a', 500);
    expect([pause.leftFor('a'), pause.leftFor('b')]).toEqual([1_000, 0]);
    now = 999.5;
    expect(pause.leftFor('a')).toBe(1);
    now = 1_000;
    expect(pause.leftFor('a')).toBe(0);
  });
});
