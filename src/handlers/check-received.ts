import { type DeliveryAnswer, unreceived } from '../core/notifications/decide-delivery.js';
import { othersOfAlarm } from '../core/notifications/notification-plan.js';
import type { Notifiers, Recipient, RecipientQuestion } from '../ports/notifier.js';

/** Who the recipients are, and why the host could not say so of all of them. */
export interface Resolved {
  readonly people: readonly Recipient[];
  readonly problem: string | null;
}

/** What the check needs. */
interface CheckDeps {
  readonly notifiers: Notifiers;
  readonly onHostFailure: (name: string, tenantId: string, problem: string) => void;
}

/**
 * Asks about the other channels of a notification that is for nobody. Nothing, where that is fine or somebody
 * receives it; where the host cannot say who, the notification of that channel is tried again, and tells of it.
 */
export async function checkReceived(
  question: RecipientQuestion,
  { notifiers, onHostFailure }: CheckDeps,
  resolve: (other: RecipientQuestion) => Promise<Resolved>,
): Promise<readonly DeliveryAnswer[]> {
  const others = othersOfAlarm(question, { slack: notifiers.slack !== undefined });
  if (!others) return [];
  const asked = await Promise.all(others.map((other) => resolve({ ...question, ...other })));
  if (asked.some(({ people, problem }) => people.length > 0 || problem !== null)) return [];
  const answer = unreceived(question.template);
  onHostFailure('resolveRecipients', question.tenantId, answer.reason);
  return [answer];
}
