import type { NotificationChannel, NotificationMessage } from '../build/messages.js';
import type { MessageSettlement } from '../queue/message-settlement.js';

/** How patiently notifications are sent. Durations in milliseconds. */
export interface DeliveryPolicy {
  /** Deliveries of one message before it is given up. */
  readonly maxAttempts: number;
  /** Wait after the first failure; each further one is four times as long. */
  readonly initialDelayMs: number;
  /** The longest wait, whatever the other side asks for. */
  readonly maxDelayMs: number;
}

export const DEFAULT_DELIVERY_POLICY: DeliveryPolicy = {
  maxAttempts: 8,
  initialDelayMs: 1_000,
  maxDelayMs: 3_600_000,
};

/** How patiently notifications are sent over each channel. */
export type DeliveryPolicies = Readonly<Record<NotificationChannel, DeliveryPolicy>>;

/** What became of one notification for one recipient. */
export type DeliveryAnswer =
  | {
      /** It was handed over. */
      readonly status: 'delivered';
    }
  | {
      /** It was not. */
      readonly status: 'failed';
      /** Whether another try may help; a refused address stays refused. */
      readonly retryable: boolean;
      /** Why, in one line, without the contents of the message. */
      readonly reason: string;
      /**
       * How long the other side asks to be left alone, in milliseconds.
       *
       * @default it does not ask
       */
      readonly retryAfterMs?: number | undefined;
    };

/** How a delivery stands after an answer: what no other try may help is given up. */
export function statusOfDelivery(answer: DeliveryAnswer): 'delivered' | 'failed' | 'given_up' {
  if (answer.status === 'delivered') return 'delivered';
  return answer.retryable ? 'failed' : 'given_up';
}

/**
 * One answer for several deliveries of the same notification: delivered when all are. It is tried again while that may
 * help for one of them, and not before the last of them wants to be asked.
 */
export function combineAnswers(answers: readonly DeliveryAnswer[]): DeliveryAnswer {
  const failed = answers.flatMap((answer) => (answer.status === 'failed' ? [answer] : []));
  if (failed.length === 0) return { status: 'delivered' };
  const retryAfterMs = maxWait(failed);
  return {
    status: 'failed',
    retryable: failed.some((answer) => answer.retryable),
    reason: failed.map(({ reason }) => reason).join('; '),
    ...(retryAfterMs > 0 && { retryAfterMs }),
  };
}

/** The longest wait that is asked for by those that may be tried again, in milliseconds; 0: none is. */
function maxWait(answers: readonly DeliveryAnswer[]): number {
  const asked = answers.map((answer) =>
    answer.status === 'failed' && answer.retryable ? (answer.retryAfterMs ?? 0) : 0,
  );
  // A notifier is the host's: what it asks for may be no number at all.
  return Math.max(0, ...asked.filter(Number.isFinite));
}

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

/**
 * What one delivery counts as without being tried; `null`: it is tried. What was given up stays so while its message is
 * tried for others, and is tried once more when the message comes for the first time again: ops have redriven it.
 */
export function answerOfEarlier(
  finishedAs: 'delivered' | 'given_up' | null,
  deliveryCount: number,
): DeliveryAnswer | null {
  if (finishedAs === 'delivered') return { status: 'delivered' };
  return finishedAs === 'given_up' && deliveryCount > 1
    ? { status: 'failed', retryable: false, reason: 'delivery was given up earlier' }
    : null;
}

/** The key of one notification to one recipient: the same delivery always has the same. */
export function deliveryKey(message: NotificationMessage, recipientId: string): string {
  const { bindingId, fence, template, channel, occasion } = message;
  return [bindingId, fence, template, channel, recipientId, ...(occasion === null ? [] : [occasion])].join(
    ':',
  );
}
