import type { DeliveryAnswer } from '../../../core/notifications/decide-delivery.js';
import type { PostAnswer } from './post-json.js';

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
