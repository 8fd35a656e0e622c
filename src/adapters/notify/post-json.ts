import { isError } from '../../core/input/error-text.js';
import { milliseconds } from '../../core/input/option-kinds.js';
import type { DeliveryAnswer } from '../../core/notifications/decide-delivery.js';
import type { Timers } from '../../runtime/runtime.js';
import { sendOnce } from '../../transport/send-once.js';

/** What the options of every notifier that posts have in common. */
export const postShape = { timeoutMs: milliseconds().optional() };

/** What became of one POST. */
export type PostAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** `Retry-After` in milliseconds; `null` if it is missing or not in seconds. */
      readonly retryAfterMs: number | null;
      /** The beginning of the body, only to look for known error codes. Never shown. */
      readonly body: string;
    }
  | { readonly kind: 'timeout' }
  /** `code`: the system error code, if there is one. */
  | { readonly kind: 'unreachable'; readonly code: string | null };

/** One POST. */
export interface PostRequest {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The time for headers and body together, in milliseconds. */
  readonly timeoutMs: number;
}

/** Enough for codes such as `channel_is_archived`; a page of HTML is not read to the end. */
const MAX_BODY_BYTES = 1_024;
const CODE = /^[A-Z][A-Z0-9_]{1,40}$/;

/** Posts JSON once. Nothing is followed, nothing is tried again, and nothing is ever thrown. */
export async function postJson(runtime: Timers, request: PostRequest): Promise<PostAnswer> {
  const { url, body, headers, timeoutMs } = request;
  const limit = new AbortController();
  const timer = runtime.setTimer(timeoutMs, () => limit.abort());
  const became = await sendOnce({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body,
    signal: limit.signal,
    maxBytes: MAX_BODY_BYTES,
  });
  timer.clear();
  if (became.kind !== 'answered')
    return limit.signal.aborted
      ? { kind: 'timeout' }
      : { kind: 'unreachable', code: became.kind === 'failed' ? codeOf(became.error) : null };
  const { status, header } = became;
  // A body that breaks off does not change what the status says.
  return {
    kind: 'answered',
    status,
    retryAfterMs: readSeconds(header('retry-after')),
    body: became.body.bytes.toString(),
  };
}

function readSeconds(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter.trim()) ? Number(retryAfter) * 1_000 : null;
}

function codeOf(error: unknown): string | null {
  if (!isError(error) || !('code' in error)) return null;
  return typeof error.code === 'string' && CODE.test(error.code) ? error.code : null;
}

/** 4xx statuses that are worth a retry. */
const NOT_NOW: readonly number[] = [408, 425, 429];

/**
 * What a POST means for a delivery. A 2xx has delivered it; a 408, 425, 429, 5xx or broken connection is retried; every
 * other status is permanent. `who` names the other side in the reason, which never contains a URL or a body.
 */
export function answerOfPost(who: string, answer: PostAnswer): DeliveryAnswer {
  switch (answer.kind) {
    case 'timeout':
      return { status: 'failed', retryable: true, reason: `${who} did not answer in time` };
    case 'unreachable': {
      const code = answer.code === null ? '' : ` (${answer.code})`;
      return {
        status: 'failed',
        retryable: true,
        reason: `${who} could not be reached, or the connection broke${code}`,
      };
    }
    case 'answered': {
      const { status, retryAfterMs } = answer;
      if (status >= 200 && status < 300) return { status: 'delivered' };
      if (status >= 300 && status < 400)
        return {
          status: 'failed',
          retryable: false,
          reason: `${who} answered ${status}, and redirects are not followed: configure the final URL`,
        };
      return {
        status: 'failed',
        retryable: status >= 500 || NOT_NOW.includes(status),
        reason: `${who} answered ${status}`,
        ...(retryAfterMs !== null && { retryAfterMs }),
      };
    }
  }
}

/** Whether a text is an http or https URL without credentials, which would end up in logs, and without a fragment. */
export function isTargetUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password, hash } = new URL(text);
  return username === '' && password === '' && hash === '';
}
