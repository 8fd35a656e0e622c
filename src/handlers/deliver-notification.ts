import {
  checkTenant,
  type NotificationChannel,
  type NotificationMessage,
  readNotification,
} from '../core/build/messages.js';
import { errorName } from '../core/input/error-text.js';
import {
  answerOfEarlier,
  combineAnswers,
  type DeliveryAnswer,
  type DeliveryPolicies,
  decideDelivery,
  deliveryKey,
  statusOfDelivery,
} from '../core/notifications/decide-delivery.js';
import { decideUnreadableMessage, type MessageSettlement } from '../core/queue/message-settlement.js';
import type { DeliveryRecord, FinishedDelivery } from '../ports/delivery-records.js';
import type { Notification, Notifier, Notifiers, Recipient, ResolveRecipients } from '../ports/notifier.js';
import type { ClaimedMessage } from '../ports/queue.js';

/** What the handler needs. */
export interface DeliveryDeps extends DeliverOnceDeps {
  readonly notifiers: Notifiers;
  readonly resolveRecipients: ResolveRecipients;
  readonly settle: (message: ClaimedMessage, decision: MessageSettlement) => Promise<void>;
  readonly policies: DeliveryPolicies;
}

/**
 * Delivers one notification to its recipients. It never affects the build.
 *
 * A row is kept for each recipient, so that a message that comes again goes only to those it did not reach.
 */
export async function deliverNotification(message: ClaimedMessage, deps: DeliveryDeps): Promise<void> {
  // 1. Read. What speaks for another tenant than its row is delivered to nobody.
  const read = readNotification(message.body).andThen((body) => checkTenant(body, message.tenantId));
  if (read.isErr()) return deps.settle(message, decideUnreadableMessage(read.error, message.deliveryCount));
  const body = read.value;

  // 2. Ask the host who it is for, and deliver to those who have not got it.
  const answers = await deliverToAll(body, message.deliveryCount, deps);

  // 3. Decide whether the message is done.
  await deps.settle(message, decideDelivery(answers, message.deliveryCount, deps.policies[body.channel]));
}

async function deliverToAll(
  body: NotificationMessage,
  deliveryCount: number,
  deps: DeliveryDeps,
): Promise<readonly DeliveryAnswer[]> {
  const { tenantId, audience, channel, automationVersionId, projectId, assigneeId } = body;
  const question = { tenantId, audience, channel, automationVersionId, projectId, assigneeId };
  const recipients = await resolve(question, deps);
  if (!recipients) return [failed('the recipients could not be resolved')];
  // One person may be behind an audience twice, as owner and as admin. Their deliveries would share a key and a row.
  const people = new Map(recipients.map((recipient) => [recipient.id, recipient]));
  // Each on its own, and all of them waited for: a message that comes again must not meet its own earlier deliveries.
  return Promise.all(
    [...people.values()].map((recipient) => deliverToOne(recipient, body, deliveryCount, deps)),
  );
}

/** `null`: the host could not say who it is for. */
async function resolve(
  question: Parameters<ResolveRecipients>[0],
  { resolveRecipients }: DeliveryDeps,
): Promise<readonly Recipient[] | null> {
  try {
    return await resolveRecipients(question);
  } catch {
    return null;
  }
}

async function deliverToOne(
  recipient: Recipient,
  message: NotificationMessage,
  deliveryCount: number,
  deps: DeliveryDeps,
): Promise<DeliveryAnswer> {
  const notification = { key: deliveryKey(message, recipient.id), recipient, message };
  const parts = partsOf(notifierFor(deps.notifiers, message.channel), notification);
  return combineAnswers(
    await Promise.all(
      parts.map((part) =>
        deliverOnce(part, deliveryCount, deps).catch(() => failed('the delivery could not be recorded')),
      ),
    ),
  );
}

function failed(reason: string): DeliveryAnswer {
  return { status: 'failed', retryable: true, reason };
}

/** One notification on its way over one notifier. */
interface PartialDelivery {
  /** `undefined`: the host has none for this channel. */
  readonly notifier: Notifier | undefined;
  readonly notification: Notification;
  /** The name of the part in its fan-out; `null`: it is the whole. */
  readonly part: string | null;
}

/** The host's notifier for a channel. */
function notifierFor(notifiers: Notifiers, channel: NotificationChannel): Notifier | undefined {
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
function partsOf(
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
interface DeliverOnceDeps {
  /** How it stands, if it was delivered or given up. */
  readonly finishedAs: (delivery: { tenantId: string; key: string }) => Promise<FinishedDelivery | null>;
  readonly saveDeliveryRecord: (row: DeliveryRecord) => Promise<void>;
  readonly onDelivery: (notification: Notification, answer: DeliveryAnswer) => void;
}

/** Delivers unless what became of it before says otherwise, and records what becomes of it now. */
async function deliverOnce(
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
