import { err, ok } from 'neverthrow';
import { type DeliveryPolicy, decideDelivery } from '../core/decide-delivery.js';
import { decideUnreadableMessage } from '../core/decide-odd-message.js';
import type { MessageSettlement } from '../core/message-settlement.js';
import { type MessageProblem, type NotificationMessage, readNotification } from '../core/messages.js';
import { deliveryKey } from '../core/notification-plan.js';
import type {
  DeliveryAnswer,
  Notification,
  Notifier,
  Notifiers,
  Recipient,
  ResolveRecipients,
} from '../ports/notifier.js';
import type { ClaimedMessage } from '../ports/queue.js';
import type { DeliveryRow } from '../ports/repository.js';

const FOREIGN: MessageProblem = { code: 'malformed', message: 'names another tenant than its own' };

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
  // 1. Read. What speaks for another tenant than its row is delivered to nobody.
  const read = readNotification(message.body).andThen((body) =>
    body.tenantId === message.tenantId ? ok(body) : err(FOREIGN),
  );
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
  const recipients = await resolve(question, shell);
  if (!recipients)
    return [{ status: 'failed', retryable: true, reason: 'the recipients could not be resolved' }];
  // One person may be behind an audience twice, as owner and as admin. Their deliveries would share a key and a row.
  const people = new Map(recipients.map((recipient) => [recipient.id, recipient]));
  // Each on its own, and all of them waited for: a message that comes again must not meet its own earlier deliveries.
  return Promise.all(
    [...people.values()].map((recipient) =>
      deliverToOne({ key: deliveryKey(body, recipient.id), recipient, message: body }, shell).catch(
        (): DeliveryAnswer => ({
          status: 'failed',
          retryable: true,
          reason: 'the delivery could not be recorded',
        }),
      ),
    ),
  );
}

/** `null`: the host could not say who it is for. */
async function resolve(
  question: Parameters<ResolveRecipients>[0],
  { resolveRecipients }: DeliveryShell,
): Promise<readonly Recipient[] | null> {
  try {
    return await resolveRecipients(question);
  } catch {
    return null;
  }
}

async function deliverToOne(notification: Notification, shell: DeliveryShell): Promise<DeliveryAnswer> {
  const { key, message } = notification;
  if (await shell.isSettled({ tenantId: message.tenantId, key })) return { status: 'delivered' };
  const answer = await tryDelivery(notifierFor(shell.notifiers, message.channel), notification);
  shell.onDelivery(notification, answer);
  await shell.saveDelivery(deliveryRow(notification, answer));
  return answer;
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
