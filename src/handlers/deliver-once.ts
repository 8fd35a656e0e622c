import type { NotificationChannel } from '../core/build/messages.js';
import { errorName } from '../core/input/error-text.js';
import {
  answerOfEarlier,
  type DeliveryAnswer,
  statusOfDelivery,
} from '../core/notifications/decide-delivery.js';
import type { DeliveryRecord, FinishedDelivery } from '../ports/delivery-records.js';
import type { Notification, Notifier, Notifiers } from '../ports/notifier.js';

/** One notification on its way over one notifier. */
export interface PartialDelivery {
  /** `undefined`: the host has none for this channel. */
  readonly notifier: Notifier | undefined;
  readonly notification: Notification;
  /** The name of the part in its fan-out; `null`: it is the whole. */
  readonly part: string | null;
}

/** The host's notifier for a channel. */
export function notifierFor(notifiers: Notifiers, channel: NotificationChannel): Notifier | undefined {
  switch (channel) {
    case 'email':
      return notifiers.email;
    case 'in_app':
      return notifiers.inApp;
    case 'slack':
      return notifiers.slack;
  }
}

/** The deliveries that one notification to one recipient comes to: one, or one for each part of a fan-out. */
export function partsOf(
  notifier: Notifier | undefined,
  notification: Notification,
  part: string | null = null,
): readonly PartialDelivery[] {
  if (!notifier?.parts) return [{ notifier, notification, part }];
  return Object.entries(notifier.parts).flatMap(([name, each]) =>
    partsOf(
      each,
      { ...notification, key: `${notification.key}:${name}` },
      part === null ? name : `${part}.${name}`,
    ),
  );
}

/** Where it is remembered what became of each delivery, and who is told. */
export interface DeliverOnceDeps {
  /** How it stands, if it was delivered or given up. */
  readonly finishedAs: (delivery: { tenantId: string; key: string }) => Promise<FinishedDelivery | null>;
  readonly saveDeliveryRecord: (row: DeliveryRecord) => Promise<void>;
  readonly onDelivery: (notification: Notification, answer: DeliveryAnswer) => void;
}

/** Delivers unless what became of it before says otherwise, and records what becomes of it now. */
export async function deliverOnce(
  { notifier, notification, part }: PartialDelivery,
  deliveryCount: number,
  deps: DeliverOnceDeps,
): Promise<DeliveryAnswer> {
  const { key, message } = notification;
  const before = await deps.finishedAs({ tenantId: message.tenantId, key });
  const known = answerOfEarlier(before, deliveryCount);
  if (known) return known;
  const answer = named(await tryDelivery(notifier, notification), part);
  deps.onDelivery(notification, answer);
  await deps.saveDeliveryRecord(deliveryRow(notification, answer));
  return answer;
}

async function tryDelivery(
  notifier: Notifier | undefined,
  notification: Notification,
): Promise<DeliveryAnswer> {
  if (!notifier)
    return { status: 'failed', retryable: true, reason: 'no notifier is configured for this channel' };
  try {
    return await notifier.deliver(notification);
  } catch (problem) {
    return { status: 'failed', retryable: true, reason: errorName(problem) ?? 'unknown' };
  }
}

/** Says in the reason which part of a fan-out has failed. */
function named(answer: DeliveryAnswer, part: string | null): DeliveryAnswer {
  return answer.status === 'failed' && part !== null
    ? { ...answer, reason: `${part}: ${answer.reason}` }
    : answer;
}

function deliveryRow({ key, message, recipient }: Notification, answer: DeliveryAnswer): DeliveryRecord {
  const { tenantId, bindingId, channel, template } = message;
  const about = { key, tenantId, bindingId, channel, template, recipientId: recipient.id };
  const problem = answer.status === 'failed' ? answer.reason : null;
  return { ...about, status: statusOfDelivery(answer), problem };
}
