import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ignoreErrors } from '../../../copies/ignore-errors.js';
import type { NotificationMessage } from '../../../core/build/messages.js';
import { having, options } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';
import type { DeliveryAnswer } from '../../../core/notifications/decide-delivery.js';
import type { Notifier } from '../../../ports/notifier.js';
import { cleanText } from '../content/content.js';
import { type ContentOptions, contentShape, writerOf } from '../notification-writer.js';
import { answerOfMailError } from './answer-of-mail-error.js';

/** How e-mails are sent. */
export interface SmtpOptions extends ContentOptions {
  /** `nodemailer.createTransport({ … })`. You choose its pool, timeouts and TLS settings. */
  readonly transport: MailTransport;
  /** The sender: `builds@example.com` or `Builds <builds@example.com>`. Its domain is that of every `Message-ID`. */
  readonly from: string;
  /**
   * Where replies go.
   *
   * @default `from`
   */
  readonly replyTo?: string;
}

/** Sends mails: a `nodemailer` transporter, or anything with the same `sendMail`. */
export interface MailTransport {
  readonly sendMail: (mail: Mail) => Promise<unknown>;
  /** Every `nodemailer` transporter has it; without a listener, an `error` event would end the process. */
  readonly on?: (event: 'error', listener: (problem: Error) => void) => unknown;
}

/** A mail in the form that `nodemailer` accepts, reduced to the fields used here. */
export interface Mail {
  readonly from: string;
  readonly replyTo?: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references?: string;
  readonly headers: Record<string, string>;
  /** No value can make `nodemailer` read a file or fetch a URL. */
  readonly disableFileAccess: true;
  readonly disableUrlAccess: true;
}

const ADDRESS_WANTED = "give one line with an address: 'Builds <builds@example.com>'";
const line = () =>
  z.string({ error: ADDRESS_WANTED }).refine((address) => cleanText(address) === address, {
    error: ADDRESS_WANTED,
  });

const smtpSchema = options({
  ...contentShape,
  transport: having<MailTransport>(['sendMail'], 'give nodemailer.createTransport({ … })'),
  from: line().refine((address) => domainOf(address) !== null, { error: ADDRESS_WANTED }),
  replyTo: line().optional(),
});

/**
 * Sends e-mails over SMTP, as text and HTML, to `recipient.address`.
 *
 * The same delivery always has the same `Message-ID`. A mail that is sent twice because the first answer was lost can be
 * recognized by it; whether it is depends on the receiving mail system.
 *
 * @throws TypeError that lists every invalid option. A failed send never throws.
 *
 * @example
 * ```ts
 * import nodemailer from 'nodemailer';
 * import { smtpNotifier } from 'wrk-builds/notify';
 *
 * const email = smtpNotifier({
 *   transport: nodemailer.createTransport({ host: 'smtp.example.com', port: 587, pool: true }),
 *   from: 'Builds <builds@example.com>',
 *   links: { baseUrl: 'https://app.example.com' },
 * });
 * ```
 */
export function smtpNotifier(smtp: SmtpOptions): Notifier {
  readOptions('smtpNotifier', smtpSchema, smtp);
  const { transport, from, replyTo } = smtp;
  // Whatever breaks between two mails is met by the next one.
  ignoreErrors(transport);
  const domain = domainOf(from) ?? '';
  const write = writerOf(smtp);

  return {
    deliver: async (notification): Promise<DeliveryAnswer> => {
      const { key, recipient, message } = notification;
      const { address } = recipient;
      if (address === undefined || address === '')
        return unsendable('the recipient has no e-mail address: resolveRecipients must return one');
      if (!isMailAddress(address)) return unsendable('the e-mail address of the recipient is invalid');
      const { subject, text, html } = write(notification);
      try {
        await transport.sendMail({
          from,
          ...(replyTo !== undefined && { replyTo }),
          to: { name: '', address },
          subject: cleanText(subject),
          text,
          html,
          ...mailIds(key, recipient.id, message, domain),
          // Either header suppresses out-of-office replies, depending on the mail system.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        return { status: 'delivered' };
      } catch (error) {
        return answerOfMailError(error);
      }
    },
  };
}

function unsendable(reason: string): DeliveryAnswer {
  return { status: 'failed', retryable: false, reason };
}

/** A single bare address: no list, name, quotes or route, and nothing that could inject a header. */
const ADDRESS =
  /^[^\s\p{Cc}\p{Cf}\p{Cs}"(),:;<>@[\\\]]{1,64}@(?=.{1,255}$)[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?)*$/u;

/** Whether a text has the form of a mail address. The mail server may still refuse it. */
function isMailAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** The domain of a sender such as `Builds <builds@example.com>`, or `null`. */
function domainOf(from: string): string | null {
  return /@([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)>?\s*$/.exec(from)?.[1]?.toLowerCase() ?? null;
}

/**
 * The headers by which mail clients recognize duplicates and group mails into threads. The same delivery always has the
 * same `Message-ID`. All mails about one build to one person reply to the same first mail, which never existed, so that
 * clients show them as one thread. Mails about WRK itself belong to no build and to no thread.
 */
function mailIds(
  key: string,
  recipientId: string,
  { tenantId, bindingId, template }: NotificationMessage,
  domain: string,
): Pick<Mail, 'messageId' | 'inReplyTo' | 'references'> {
  const messageId = idOf(['delivery', key], domain);
  if (template === 'wrk_unavailable' || template === 'wrk_available') return { messageId };
  const thread = idOf(['build', tenantId, bindingId, recipientId], domain);
  return { messageId, inReplyTo: thread, references: thread };
}

/** Hashed, so that the host's ids are not exposed and no id can break a header. */
function idOf(parts: readonly string[], domain: string): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
  return `<${hash}@${domain}>`;
}
