import type { DeliveryAnswer } from '../../../core/notifications/decide-delivery.js';
import type { Notifier } from '../../../ports/notifier.js';
import { type ContentOptions, notificationWriter } from '../notification-writer.js';
import { cleanText } from '../text/clean-text.js';
import { answerOfMailError } from './answer-of-mail-error.js';
import type { MailTransport } from './mail.js';
import { domainOf, isMailAddress } from './mail-address.js';
import { mailIds } from './mail-ids.js';

/** How e-mails are sent. */
export interface SmtpOptions extends ContentOptions {
  /** `nodemailer.createTransport({ … })`. You choose its pool, timeouts and TLS settings. */
  readonly transport: MailTransport;
  /** The sender: `builds@example.com` or `Builds <builds@example.com>`. */
  readonly from: string;
  /**
   * Where replies go.
   *
   * @default `from`
   */
  readonly replyTo?: string;
  /**
   * The domain in `Message-ID`. Do not change it: after a change, a mail that is sent again looks like a new one.
   *
   * @default the domain of `from`
   */
  readonly messageIdDomain?: string;
}

const DOMAIN = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;

/**
 * Sends e-mails over SMTP, as text and HTML, to `recipient.address`.
 *
 * The same delivery always has the same `Message-ID`. A mail that is sent twice because the first answer was lost can be
 * recognized by it; whether it is depends on the receiving mail system.
 *
 * @throws TypeError when an option is invalid. A failed send never throws.
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
export function smtpNotifier(options: SmtpOptions): Notifier {
  const { transport, from, replyTo } = options;
  const domain = options.messageIdDomain ?? domainOf(from);
  if ([from, replyTo ?? ''].some((address) => cleanText(address) !== address) || domainOf(from) === null)
    throw new TypeError(
      "smtpNotifier: 'from' and 'replyTo' must each be one line with an address, such as 'Builds <builds@example.com>'",
    );
  if (domain === null || !DOMAIN.test(domain))
    throw new TypeError("smtpNotifier: 'messageIdDomain' must be a bare domain, such as 'example.com'");
  const write = notificationWriter(options);

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
