import { checkTenant, type NotificationMessage, readNotification } from '../core/build/messages.js';
import {
  combineAnswers,
  type DeliveryAnswer,
  type DeliveryPolicies,
  decideDelivery,
} from '../core/notifications/decide-delivery.js';
import { deliveryKey } from '../core/notifications/notification-plan.js';
import { decideUnreadableMessage, type MessageSettlement } from '../core/queue/message-settlement.js';
import type { Notifiers, Recipient, ResolveRecipients } from '../ports/notifier.js';
import type { ClaimedMessage } from '../ports/queue.js';
import { type DeliverOnceDeps, deliverOnce, notifierFor, partsOf } from './deliver-once.js';

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
