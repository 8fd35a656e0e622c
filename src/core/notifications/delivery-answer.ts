/** What became of one notification for one recipient. `reason` is one line, without the message's contents. */
export type DeliveryAnswer =
  | { readonly status: 'delivered' }
  | {
      readonly status: 'failed';
      /** Whether another try may help; a refused address stays refused. */
      readonly retryable: boolean;
      readonly reason: string;
      /** How long the other side asks to be left alone, in milliseconds. Default: it does not ask. */
      readonly retryAfterMs?: number;
    };

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
export function maxWait(answers: readonly DeliveryAnswer[]): number {
  const asked = answers.map((answer) =>
    answer.status === 'failed' && answer.retryable ? (answer.retryAfterMs ?? 0) : 0,
  );
  // A notifier is the host's: what it asks for may be no number at all.
  return Math.max(0, ...asked.filter(Number.isFinite));
}
