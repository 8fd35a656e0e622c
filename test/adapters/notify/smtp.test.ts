import nodemailer from 'nodemailer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { notificationWriter, type SmtpOptions, smtpNotifier } from '../../../src/adapters/notify/index.js';
import { startBrokenServer, startMailServer, transportTo } from './support/mail-server.js';
import { notice } from './support/notices.js';

const open = async (
  server: Parameters<typeof startMailServer>[0] = {},
  options: Partial<SmtpOptions> = {},
) => {
  const mail = await startMailServer(server);
  onTestFinished(mail.close);
  const from = 'Bücher & Builds <builds@mail.example.com>';
  return { ...mail, notifier: smtpNotifier({ transport: transportTo(mail.port), from, ...options }) };
};

/** How an SMTP server says no. */
const refusal = (responseCode: number) =>
  Object.assign(new Error('ada@example.com is unknown'), { responseCode });

const headersOf = (headers: readonly { key: string; value: string }[], key: string) =>
  headers.filter((header) => header.key === key).map(({ value }) => value);

describe('a mail', () => {
  it('arrives as it was written, as text and as HTML, whatever characters are in it', async () => {
    const { notifier, arrived } = await open();
    const message = notice({
      template: 'build_failed',
      audience: 'ops_team',
      automationName: 'Prüfung „ß“ 🚀 אישור <b>"q"</b>',
      errorReason: 'blueprint_rejected',
      errorDetails: ['.', '..\r\n.\r\nQUIT', 'x'.repeat(2_000)],
    });
    expect(await notifier.deliver(message)).toEqual({ status: 'delivered' });
    const { subject, text, html } = notificationWriter()(message);
    expect(arrived).toHaveLength(1);
    const [{ mail, to } = { mail: null, to: [] }] = arrived;
    expect(to).toEqual(['ada@example.com']);
    expect(mail).toMatchObject({
      subject,
      from: { name: 'Bücher & Builds', address: 'builds@mail.example.com' },
      to: [{ address: 'ada@example.com' }],
    });
    expect(mail?.text?.replaceAll('\r\n', '\n').trim()).toBe(text.trim());
    expect(mail?.html?.replaceAll('\r\n', '\n').trim()).toBe(html.trim());
    expect(headersOf(mail?.headers ?? [], 'auto-submitted')).toEqual(['auto-generated']);
    expect(mail?.attachments).toEqual([]);
  });

  it('has no header and no recipient more, whatever is in its values', async () => {
    const { notifier, arrived } = await open();
    const plain = notice({ automationName: 'plain' });
    const nasty = notice({ automationName: 'x\r\nBcc: eve@example.com\nX-Own: 1\r\n\r\n<b>body</b>' });
    await notifier.deliver(plain);
    await notifier.deliver({ ...nasty, recipient: { id: 'r\r\nX-Own: 1', address: 'ada@example.com' } });
    const keys = arrived.map(({ mail }) => mail.headers.map(({ key }) => key).toSorted());
    expect(keys[1]).toEqual(keys[0]);
    expect(arrived.map(({ to }) => to)).toEqual([['ada@example.com'], ['ada@example.com']]);
    expect(arrived[1]?.mail.subject).toContain('x Bcc: eve@example.com X-Own: 1');
  });

  it('has a subject on one line also from a template of the host', async () => {
    const own = () => ({ subject: 'a\r\nBcc: eve@example.com', text: 't', html: 'h' });
    const { notifier, arrived } = await open({}, { templates: { build_started: own } });
    await notifier.deliver(notice());
    expect(arrived[0]?.mail.subject).toBe('a Bcc: eve@example.com');
    expect(arrived[0]?.mail.bcc).toBeUndefined();
  });

  it('has the same Message-ID when it is sent again, and another one for every other key', async () => {
    const { notifier, arrived } = await open();
    for (const key of ['one', 'one', 'two']) await notifier.deliver(notice({}, key));
    const [first, again, other] = arrived.map(({ mail }) => mail.messageId);
    expect(first).toMatch(/^<[0-9a-f]{40}@mail\.example\.com>$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('stands in one thread with the others of its build, in another one for another build, and in none about WRK', async () => {
    const { notifier, arrived } = await open({}, { from: 'Builds <builds@ids.example.com>' });
    await notifier.deliver(notice({ template: 'build_started' }, 'one'));
    await notifier.deliver(notice({ template: 'build_complete' }, 'two'));
    await notifier.deliver(notice({ bindingId: 'another' }, 'three'));
    await notifier.deliver(notice({ template: 'wrk_unavailable' }, 'four'));
    const threads = arrived.map(({ mail }) => [mail.inReplyTo, mail.references]);
    expect(threads[0]?.[0]).toMatch(/^<[0-9a-f]{40}@ids\.example\.com>$/);
    expect(threads[0]?.[1]).toBe(threads[0]?.[0]);
    expect(threads[1]).toEqual(threads[0]);
    expect(threads[2]).not.toEqual(threads[0]);
    expect(threads[3]).toEqual([undefined, undefined]);
  });

  it('asks for answers where the host wants them', async () => {
    const { notifier, arrived } = await open({}, { replyTo: 'help@example.com' });
    await notifier.deliver(notice());
    expect(arrived[0]?.mail.replyTo).toMatchObject([{ address: 'help@example.com' }]);
  });
});

describe('a mail that cannot be sent', () => {
  it.each([
    [550, false, 'the mail server refused the recipient (550)'],
    [553, false, 'the mail server refused the recipient (553)'],
    [450, true, 'the mail server did not accept the recipient (450)'],
    [452, true, 'the mail server did not accept the recipient (452)'],
  ])('since the recipient is answered %i is tried again: %s', async (code, retryable, reason) => {
    const { notifier } = await open({ onRcptTo: (_, __, done) => done(refusal(code)) });
    expect(await notifier.deliver(notice())).toEqual({ status: 'failed', retryable, reason });
  });

  it('at first for greylisting is sent at the next try, under the same Message-ID', async () => {
    let tries = 0;
    const { notifier, arrived } = await open({
      onRcptTo: (_, __, done) => (++tries === 1 ? done(refusal(451)) : done()),
    });
    expect(await notifier.deliver(notice())).toMatchObject({ status: 'failed', retryable: true });
    expect(await notifier.deliver(notice())).toEqual({ status: 'delivered' });
    expect(arrived).toHaveLength(1);
  });

  it.each([
    [554, false, 'the mail server refused the mail (554)'],
    [452, true, 'the mail server did not accept the mail (452)'],
  ])('since its contents are answered %i is tried again: %s', async (code, retryable, reason) => {
    const { notifier } = await open({
      onData: (stream, _, done) => {
        stream.resume();
        stream.on('end', () => done(refusal(code)));
      },
    });
    expect(await notifier.deliver(notice())).toEqual({ status: 'failed', retryable, reason });
  });

  it('since the sender is refused is tried again, for ops may fix that', async () => {
    const { notifier } = await open({ onMailFrom: (_, __, done) => done(refusal(550)) });
    expect(await notifier.deliver(notice())).toMatchObject({ status: 'failed', retryable: true });
  });

  it('since the login is refused is tried again, and says nothing of the password', async () => {
    const mail = await startMailServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_, __, done) => done(refusal(535)),
    });
    onTestFinished(mail.close);
    const auth = { user: 'the-user', pass: 'the-password' };
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: mail.port,
      ignoreTLS: true,
      auth,
    });
    const answer = await smtpNotifier({ transport, from: 'builds@example.com' }).deliver(notice());
    expect(answer).toMatchObject({ status: 'failed', retryable: true });
    expect(JSON.stringify(answer)).not.toMatch(/the-user|the-password|ada@/);
  });

  it('since TLS is wanted and the server has none is tried again', async () => {
    const mail = await startMailServer();
    onTestFinished(mail.close);
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port: mail.port, requireTLS: true });
    const answer = await smtpNotifier({ transport, from: 'builds@example.com' }).deliver(notice());
    expect(answer).toMatchObject({ status: 'failed', retryable: true });
    expect(mail.arrived).toEqual([]);
  });

  it.each([
    ['before the greeting', []],
    ['after the greeting', ['220 mail.example.com']],
    ['after the sender', ['220 x', '250 x', '250 ok']],
    ['in the middle of the mail', ['220 x', '250 x', '250 ok', '250 ok', '354 go on']],
  ])('since the connection is lost %s is tried again', async (_, lines) => {
    const server = await startBrokenServer(lines);
    onTestFinished(server.close);
    const notifier = smtpNotifier({ transport: transportTo(server.port), from: 'builds@example.com' });
    const answer = await notifier.deliver(notice());
    expect(answer).toMatchObject({ status: 'failed', retryable: true });
    expect(answer.status === 'failed' && answer.reason).toMatch(
      /^the mail server could not be reached, or the connection broke \(E[A-Z]+\)$/,
    );
  });

  it('since nobody listens is tried again', async () => {
    const { port, close } = await startBrokenServer([]);
    await close();
    const notifier = smtpNotifier({ transport: transportTo(port), from: 'builds@example.com' });
    expect(await notifier.deliver(notice())).toEqual({
      status: 'failed',
      retryable: true,
      reason: 'the mail server could not be reached, or the connection broke (ESOCKET)',
    });
  });

  it.each([undefined, ''])(
    'since the recipient has no address (%j) is not tried again, and says what to do',
    async (address) => {
      const { notifier, arrived } = await open();
      const recipient = { id: 'ada', ...(address !== undefined && { address }) };
      expect(await notifier.deliver({ ...notice(), recipient })).toEqual({
        status: 'failed',
        retryable: false,
        reason: 'the recipient has no e-mail address: resolveRecipients must return one',
      });
      expect(arrived).toEqual([]);
    },
  );

  it.each([
    'ada',
    'ada@',
    '@example.com',
    'ada@example.com, eve@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'Ada <ada@example.com>',
    '<ada@example.com>',
    'ada@exam ple.com',
    'ada@example..com',
    'a@b@example.com',
    '"eve@example.com> x"@example.com',
    'ada@[127.0.0.1]',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a.'.repeat(130)}com`,
  ])('to %j goes to nobody, and is not tried again', async (address) => {
    const { notifier, arrived } = await open();
    const answer = await notifier.deliver({ ...notice(), recipient: { id: 'ada', address } });
    expect(answer).toEqual({
      status: 'failed',
      retryable: false,
      reason: 'the e-mail address of the recipient is invalid',
    });
    expect(arrived).toEqual([]);
  });

  it.each([
    'ada+builds@example.com',
    "o'hara_1@sub-domain.example.co",
    'ADA@localhost',
    'ada@bücher.example',
  ])('is not for want of a good address such as %s', async (address) => {
    const { notifier, arrived } = await open();
    expect(await notifier.deliver({ ...notice(), recipient: { id: 'ada', address } })).toEqual({
      status: 'delivered',
    });
    expect(arrived).toHaveLength(1);
  });

  it('by a transport that throws anything at all is tried again, and nothing of it is repeated', async () => {
    for (const thrown of [
      'smtp://user:password@host',
      { code: 'EAUTH password' },
      Object.assign(new Error('password'), { code: 'password 1' }),
    ]) {
      const transport = { sendMail: () => Promise.reject(thrown) };
      const answer = await smtpNotifier({ transport, from: 'builds@example.com' }).deliver(notice());
      expect(answer).toEqual({
        status: 'failed',
        retryable: true,
        reason: 'the mail server could not be reached, or the connection broke',
      });
    }
  });
});

describe('smtpNotifier', () => {
  const transport = { sendMail: async () => undefined };
  it.each([
    { from: 'no address' },
    { from: 'builds@example.com\r\nBcc: eve@example.com' },
    { from: 'builds@example.com', replyTo: 'a@example.com\nBcc: eve@example.com' },
    { from: 'builds@example.com', messageIdDomain: 'example.com' },
    { from: 'builds@[127.0.0.1]' },
    { from: 'builds@example.com', links: { baseUrl: 'nowhere' } },
  ])('refuses options that cannot be used: %j', (options) => {
    expect(() => smtpNotifier({ transport, ...options })).toThrow(TypeError);
  });
});
