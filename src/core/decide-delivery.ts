import type { MessageSettlement } from './message-settlement.js';

/** What became of one notification for one recipient. */
export interface DeliveryAttempt {
  readonly delivered: boolean;
  /** Whether another try may help; a refused address stays refused. */
  readonly retryable: boolean;
}

/** How patiently notifications are sent. Durations in milliseconds. */
export interface DeliveryPolicy {
  /** Deliveries of one message before it is given up. Default 8: about an hour and a half with the waits below. */
  readonly attempts: number;
  /** Wait after the first failure; each further one is four times as long. Default 1,000 ms. */
  readonly firstRetryMs: number;
  /** The longest wait. Default 3,600,000 ms (one hour). */
  readonly longestRetryMs: number;
}

export const DEFAULT_DELIVERY_POLICY: DeliveryPolicy = {
  attempts: 8,
  firstRetryMs: 1_000,
  longestRetryMs: 3_600_000,
};

/** Decides whether a notification is done, tried again for those it did not reach, or given up where ops can see it. */
export function decideDelivery(
  attempts: readonly DeliveryAttempt[],
  deliveries: number,
  policy: DeliveryPolicy,
): MessageSettlement {
  const failed = attempts.filter((attempt) => !attempt.delivered);
  if (failed.length === 0) return { kind: 'acknowledge' };
  if (deliveries < policy.attempts && failed.some((attempt) => attempt.retryable)) {
    const delayMs = Math.min(policy.firstRetryMs * 4 ** (deliveries - 1), policy.longestRetryMs);
    return { kind: 'postpone', delayMs };
  }
  const reason = `${failed.length} of ${attempts.length} recipients were not reached`;
  return { kind: 'dead_letter', reason, audit: null };
}
