import {
  checkTenant,
  type NotificationChannel,
  type NotificationMessage,
  readNotification,
} from '../core/build/messages.js';
import { problemLine } from '../core/input/error-text.js';
import {
  answerOfEarlier,
  combineAnswers,
  type DeliveryAnswer,
  type DeliveryPolicies,
  decideDelivery,
  deliveryKey,
  readDeliveryAnswer,
  readRecipients,
  statusOfDelivery,
  unusableAnswer,
} from '../core/notifications/decide-delivery.js';
import { decideUnreadableMessage, type MessageSettlement } from '../core/queue/message-settlement.js';
import type { DeliveryRecord, FinishedDelivery } from '../ports/delivery-records.js';
import type {
  Notification,
  Notifier,
  Notifiers,
  Recipient,
  RecipientQuestion,
  ResolveRecipients,
} from '../ports/notifier.js';
import type { ClaimedMessage } from '../ports/queue.js';
import type { Timers } from '../runtime/runtime.js';
import { callWithin } from '../runtime/waiting.js';
import { checkReceived, type Resolved } from './check-received.js';

/** What the handler needs. */
export interface DeliveryDeps extends DeliverOnceDeps {
  readonly notifiers: Notifiers;
  readonly resolveRecipients: ResolveRecipients;
  readonly settle: (message: ClaimedMessage, decision: MessageSettlement) => Promise<void>;
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
  const { tenantId, audience, channel, template, automationVersionId, projectId, assigneeId } = body;
  const question = { tenantId, audience, channel, template, automationVersionId, projectId, assigneeId };
  const { people, problem } = await resolve(question, deps);
  if (people.length === 0 && problem === null)
    return checkReceived(question, deps, (other) => resolve(other, deps));
  // Each on its own, and all of them waited for: a message that comes again must not meet its own earlier deliveries.
  const answers = people.map((recipient) =>
    deliverToOne(recipient, body, deliveryCount, deps).catch((thrown) => failed(problemLine(thrown))),
  );
  return Promise.all(problem === null ? answers : [...answers, failed(problem)]);
}

/** The recipients, and why the host could not say who they are, or who all of them are. */
async function resolve(
  question: RecipientQuestion,
  { resolveRecipients, policies, runtime, onHostFailure }: DeliveryDeps,
): Promise<Resolved> {
  const ask = (signal: AbortSignal) => resolveRecipients(question, { signal });
  const resolved = await callWithin(runtime, policies[question.channel].timeoutMs, ask)
    .then(readRecipients)
    .catch((thrown) => ({
      people: [],
      problem: `the recipients could not be resolved: ${problemLine(thrown)}`,
    }));
  if (resolved.problem !== null) onHostFailure('resolveRecipients', question.tenantId, resolved.problem);
  return resolved;
}

async function deliverToOne(
  recipient: Recipient,
  message: NotificationMessage,
  deliveryCount: number,
  deps: DeliveryDeps,
): Promise<DeliveryAnswer> {
  const notification = { key: deliveryKey(message, recipient.id), recipient, message };
  const parts = partsOf(deps.notifiers[nameOf(message.channel)], notification);
  return combineAnswers(
    await Promise.all(
      parts.map((part) =>
        deliverOnce(part, deliveryCount, deps).catch(() => failed('the delivery could not be recorded')),
      ),
    ),
  );
}

function failed(reason: string): Extract<DeliveryAnswer, { status: 'failed' }> {
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

/** The host's name for a channel. */
function nameOf(channel: NotificationChannel): keyof Notifiers {
  return channel === 'in_app' ? 'inApp' : channel;
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
  /** Told of a function of the host that threw, took too long, or returned what cannot be used. */
  readonly onHostFailure: (name: string, tenantId: string, problem: string) => void;
  readonly policies: DeliveryPolicies;
  readonly runtime: Timers;
}

/** Delivers unless what became of it before says otherwise, and records what becomes of it now. */
async function deliverOnce(
  delivery: PartialDelivery,
  deliveryCount: number,
  deps: DeliverOnceDeps,
): Promise<DeliveryAnswer> {
  const { notification, part } = delivery;
  const { key, message } = notification;
  const before = await deps.finishedAs({ tenantId: message.tenantId, key });
  const known = answerOfEarlier(before, deliveryCount);
  if (known) return known;
  const tried = await tryDelivery(delivery, deps);
  const isPart = tried.status === 'failed' && part !== null;
  const answer = isPart ? { ...tried, reason: `${part}: ${tried.reason}` } : tried;
  deps.onDelivery(notification, answer);
  await deps.saveDeliveryRecord(deliveryRow(notification, answer));
  return answer;
}

async function tryDelivery(
  { notifier, notification, part }: PartialDelivery,
  { policies, runtime, onHostFailure }: DeliverOnceDeps,
): Promise<DeliveryAnswer> {
  const { message, recipient } = notification;
  if (!notifier) return failed('no notifier is configured for this channel');
  const name = `notifiers.${nameOf(message.channel)}${part === null ? '' : `.${part}`}`;
  const tell = (answer: ReturnType<typeof failed>) => {
    onHostFailure(name, message.tenantId, answer.reason);
    return answer;
  };
  try {
    const deliver = (signal: AbortSignal) => notifier.deliver(notification, { signal });
    const given = await callWithin(runtime, policies[message.channel].timeoutMs, deliver);
    return readDeliveryAnswer(given) ?? tell(unusableAnswer(name, given));
  } catch (thrown) {
    return tell(failed(problemLine(thrown, [recipient.address])));
  }
}

function deliveryRow({ key, message, recipient }: Notification, answer: DeliveryAnswer): DeliveryRecord {
  const { tenantId, bindingId, channel, template } = message;
  const about = { key, tenantId, bindingId, channel, template, recipientId: recipient.id };
  return { ...about, status: statusOfDelivery(answer), problem: 'reason' in answer ? answer.reason : null };
}
