import type { WrkAnswer } from '../../core/orchestration/wrk-answer.js';

/** Errors after which no byte of the request can have reached WRK's application. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'UND_ERR_CONNECT_TIMEOUT',
  // The certificate is verified before the request is written.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** A system error code; anything else might quote what was sent. */
const CODE = /^[A-Z][A-Z0-9_]{1,60}$/;

/**
 * Classifies a call that ended in an error instead of an answer: `not_sent` when that is certain, otherwise
 * `network_failure`. `fetch` puts the reason in `cause`; for a host with several addresses, the cause is an
 * `AggregateError`.
 */
export function answerOfFailure(error: unknown): WrkAnswer {
  const cause = rootOf(error);
  const code = codeOf(cause);
  const named = code === null ? '' : ` (${code})`;
  if (isNeverSent(cause)) return { kind: 'not_sent', detail: `WRK could not be reached${named}` };
  return { kind: 'network_failure', detail: `the connection broke before WRK answered${named}` };
}

function rootOf(error: unknown): unknown {
  let root = error;
  for (let level = 0; level < 5 && root instanceof Error && root.cause !== undefined; level += 1)
    root = root.cause;
  return root;
}

function isNeverSent(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isNeverSent);
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code !== null && NEVER_SENT.has(code)) return true;
  // The error of `fetch` for a port that the Fetch standard blocks.
  if (error.message === 'bad port') return true;
  // An error such as ENETUNREACH is conclusive while connecting, but not once a request is under way.
  return 'syscall' in error && error.syscall === 'connect';
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string' && CODE.test(error.code)) return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : null;
}
