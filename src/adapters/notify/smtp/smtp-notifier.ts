import * as z from 'zod';
import { having, options } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';
import type { DeliveryAnswer } from '../../../core/notifications/decide-delivery.js';
import type { Notifier } from '../../../ports/notifier.js';
import { type ContentOptions, contentShape, writerOf } from '../notification-writer.js';
import { cleanText } from '../text/clean-text.js';
import { answerOfMailError } from './answer-of-mail-error.js';
import type { MailTransport } from './mail.js';
import { domainOf, isMailAddress } from './mail-address.js';
import { mailIds } from './mail-ids.js';

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
