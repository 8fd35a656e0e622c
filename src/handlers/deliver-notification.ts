import { type DeliveryPolicy, decideDelivery } from '../core/decide-delivery.js';
import { decideUnreadableMessage } from '../core/decide-odd-message.js';
import type { MessageSettlement } from '../core/message-settlement.js';
import { type NotificationMessage, readNotification } from '../core/messages.js';
import { deliveryKey } from '../core/notification-plan.js';
import type {
  DeliveryAnswer,
  Notification,
  Notifier,
  Notifiers,
  ResolveRecipients,
} from '../ports/notifier.js';
import type { ClaimedMessage } from '../ports/queue.js';
import type { DeliveryRow } from '../ports/repository.js';

/** What the handler needs of the world. */
export interface DeliveryShell {
  readonly notifiers: Notifiers;
  readonly resolveRecipients: ResolveRecipients;
  readonly isSettled: (delivery: { tenantId: string; key: string }) => Promise<boolean>;
  readonly saveDelivery: (row: DeliveryRow) => Promise<void>;
  readonly settle: (message: ClaimedMessage, decision: MessageSettlement) => Promise<void>;
  readonly policy: DeliveryPolicy;
  readonly onDelivery: (notification: Notification, answer: DeliveryAnswer) => void;
}

/**
 * Delivers one notification to whoever it is for. It never affects the build.
 *
 * A row is kept for each recipient, so that a message that comes again goes only to those it did not reach.
 */
export async function deliverNotification(message: ClaimedMessage, shell: DeliveryShell): Promise<void> {
  // 1. Read.
  const read = readNotification(message.body);
  if (read.isErr()) return shell.settle(message, decideUnreadableMessage(read.error, message.deliveries));
  const body = read.value;

  // 2. Ask the host who it is for, and deliver to those who have not got it.
  const answers = await deliverToAll(body, shell);

  // 3. Decide whether the message is done.
  const attempts = answers.map((answer) =>
    answer.status === 'delivered'
      ? { delivered: true, retryable: false }
      : { delivered: false, retryable: answer.retryable },
  );
  await shell.settle(message, decideDelivery(attempts, message.deliveries, shell.policy));
}

async function deliverToAll(
  body: NotificationMessage,
  shell: DeliveryShell,
): Promise<readonly DeliveryAnswer[]> {
  const { tenantId, audience, channel, automationVersionId, projectId, assigneeId } = body;
  const question = { tenantId, audience, channel, automationVersionId, projectId, assigneeId };
  try {
    const recipients = await shell.resolveRecipients(question);
    return await Promise.all(
      recipients.map(async (recipient) => {
        const notification = { key: deliveryKey(body, recipient.id), recipient, message: body };
        if (await shell.isSettled({ tenantId, key: notification.key })) return { status: 'delivered' };
        const answer = await tryDelivery(notifierFor(shell.notifiers, channel), notification);
        shell.onDelivery(notification, answer);
        await shell.saveDelivery(deliveryRow(notification, answer));
        return answer;
      }),
    );
  } catch {
    // The host could not say who it is for, or the row could not be written: the message comes again.
    return [
      { status: 'failed', retryable: true, reason: 'the recipients could not be resolved or recorded' },
    ];
  }
}

function notifierFor(notifiers: Notifiers, channel: NotificationMessage['channel']): Notifier | undefined {
  switch (channel) {
    case 'email':
      return notifiers.email;
    case 'in_app':
      return notifiers.inApp;
    case 'slack':
      return notifiers.slack;
  }
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
    return { status: 'failed', retryable: true, reason: problem instanceof Error ? problem.name : 'unknown' };
  }
}

function deliveryRow({ key, message, recipient }: Notification, answer: DeliveryAnswer): DeliveryRow {
  const { tenantId, bindingId, channel, template } = message;
  const about = { key, tenantId, bindingId, channel, template, recipientId: recipient.id };
  if (answer.status === 'delivered') return { ...about, status: 'delivered', problem: null };
  return { ...about, status: answer.retryable ? 'failed' : 'given_up', problem: answer.reason };
}
