import type { DeliveryAnswer } from '../../../core/notifications/decide-delivery.js';
import type { PostAnswer } from './post-json.js';

/** Statuses that mean "not now". */
const NOT_NOW: readonly number[] = [408, 425, 429];

/**
 * What a POST means for a delivery: 2xx delivered it; "not now", a 5xx and a broken connection may be tried again; all else
 * stays so. `who` stands in the reason, which never has an address or a body in it.
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
        reason: `${who} was not reached, or the connection broke${code}`,
      };
    }
    case 'answered': {
      const { status, retryAfterMs } = answer;
      if (status >= 200 && status < 300) return { status: 'delivered' };
      if (status >= 300 && status < 400)
        return {
          status: 'failed',
          retryable: false,
          reason: `${who} answered ${status}, and redirects are not followed: give the final address`,
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
