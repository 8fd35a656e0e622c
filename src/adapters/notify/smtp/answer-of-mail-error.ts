import { isError } from '../../../core/input/error-text.js';
import type { DeliveryAnswer } from '../../../core/notifications/decide-delivery.js';

/** The fields of a `nodemailer` error. Its message is not used: it may quote the server, and the server the mail. */
interface MailError {
  readonly code: string | null;
  readonly responseCode: number | null;
  readonly command: string | null;
}

/** A system error code; anything else might quote what was sent. */
const CODE = /^[A-Z][A-Z0-9_]{1,40}$/;

/** SMTP commands whose reply is about this one mail. Earlier replies are about the connection, the login or the sender. */
const ABOUT_THE_MAIL: Readonly<Record<string, string>> = {
  'RCPT TO': 'the recipient',
  DATA: 'the mail',
};

/**
 * Classifies a failed send. A 5xx about the recipient or the mail itself is permanent and is not retried. Everything else
 * may be fixed by time or by ops: a greylisting 4xx, a lost connection, a refused login, a bad certificate.
 */
export function answerOfMailError(error: unknown): DeliveryAnswer {
  const { code, responseCode, command } = read(error);
  const what = command === null ? undefined : ABOUT_THE_MAIL[command];
  if (responseCode !== null) {
    const isFinal = what !== undefined && responseCode >= 500;
    return {
      status: 'failed',
      retryable: !isFinal,
      reason: `the mail server ${isFinal ? 'refused' : 'did not accept'} ${what ?? 'the connection, the login or the sender'} (${responseCode})`,
    };
  }
  // `nodemailer` refuses the envelope before it sends anything.
  if (code === 'EENVELOPE')
    return {
      status: 'failed',
      retryable: false,
      reason: 'the address of the sender or the recipient is invalid',
    };
  const reason = `the mail server could not be reached, or the connection broke${code === null ? '' : ` (${code})`}`;
  return { status: 'failed', retryable: true, reason };
}

function read(error: unknown): MailError {
  if (!isError(error)) return { code: null, responseCode: null, command: null };
  const code = 'code' in error && typeof error.code === 'string' && CODE.test(error.code) ? error.code : null;
  const responseCode =
    'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null;
  const command = 'command' in error && typeof error.command === 'string' ? error.command : null;
  return { code, responseCode, command };
}
