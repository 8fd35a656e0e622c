import type { DeliveryAnswer } from '../../../core/notifications/decide-delivery.js';

/** What `nodemailer` says of a failure in fields; its message may quote the server, and the server the mail. */
interface MailError {
  readonly code: string | null;
  readonly responseCode: number | null;
  readonly command: string | null;
}

/** A code as systems write it; anything else might quote what was sent. */
const CODE = /^[A-Z][A-Z0-9_]{1,40}$/;

/** Where a server judges this one mail. What it says earlier is about us: the connection, the login, the sender. */
const ABOUT_THE_MAIL: Readonly<Record<string, string>> = {
  'RCPT TO': 'the recipient',
  DATA: 'the mail',
};

/**
 * What a failed send means. A 5xx about the recipient or the mail itself stays so, and is not tried again; all else may be
 * fixed by time or by ops: a greylisting 4xx, a lost connection, a refused login, a certificate.
 */
export function answerOfMailError(error: unknown): DeliveryAnswer {
  const { code, responseCode, command } = read(error);
  const what = command === null ? undefined : ABOUT_THE_MAIL[command];
  if (responseCode !== null) {
    const isFinal = what !== undefined && responseCode >= 500;
    return {
      status: 'failed',
      retryable: !isFinal,
      reason: `the mail server ${isFinal ? 'refused' : 'did not take'} ${what ?? 'the connection, the login or the sender'} (${responseCode})`,
    };
  }
  // Found wanting before anything was sent.
  if (code === 'EENVELOPE')
    return {
      status: 'failed',
      retryable: false,
      reason: 'the address of the sender or the recipient is of no use',
    };
  const reason = `the mail server was not reached, or the connection broke${code === null ? '' : ` (${code})`}`;
  return { status: 'failed', retryable: true, reason };
}

function read(error: unknown): MailError {
  if (!(error instanceof Error)) return { code: null, responseCode: null, command: null };
  const code = 'code' in error && typeof error.code === 'string' && CODE.test(error.code) ? error.code : null;
  const responseCode =
    'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null;
  const command = 'command' in error && typeof error.command === 'string' ? error.command : null;
  return { code, responseCode, command };
}
