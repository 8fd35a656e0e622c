import type { MessageSettlement } from '../queue/message-settlement.js';
import { type DeliveryAnswer, maxWait } from './delivery-answer.js';

/** How patiently notifications are sent. Durations in milliseconds. */
export interface DeliveryPolicy {
  /** Deliveries of one message before it is given up. Default 8: about an hour and a half with the waits below. */
  readonly maxAttempts: number;
  /** Wait after the first failure; each further one is four times as long. Default 1,000 ms. */
  readonly initialDelayMs: number;
  /** The longest wait, whatever the other side asks for. Default 3,600,000 ms (one hour). */
  readonly maxDelayMs: number;
}

export const DEFAULT_DELIVERY_POLICY: DeliveryPolicy = {
  maxAttempts: 8,
  initialDelayMs: 1_000,
  maxDelayMs: 3_600_000,
};

/**
 * Decides whether a notification is done, tried again for those it did not reach, or given up where ops can see it. There
 * is one answer for each recipient. Where a channel asks for a longer wait than the policy has, it gets it.
 */
export function decideDelivery(
  answers: readonly DeliveryAnswer[],
  deliveryCount: number,
  policy: DeliveryPolicy,
): MessageSettlement {
  const failed = answers.flatMap((answer) => (answer.status === 'failed' ? [answer] : []));
  if (failed.length === 0) return { kind: 'acknowledge' };
  if (deliveryCount < policy.maxAttempts && failed.some((answer) => answer.retryable)) {
    const backoffMs = policy.initialDelayMs * 4 ** (deliveryCount - 1);
    const waitMs = Math.max(backoffMs, maxWait(failed));
    return { kind: 'postpone', delayMs: Math.round(Math.min(waitMs, policy.maxDelayMs)) };
  }
  const reason = `${failed.length} of ${answers.length} recipients were not reached`;
  return { kind: 'dead_letter', reason, audit: null };
}
