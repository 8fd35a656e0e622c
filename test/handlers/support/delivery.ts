import { NOTIFICATIONS, type NotificationMessage } from '../../../src/core/build/messages.js';
import type { DeliveryAnswer, DeliveryPolicy } from '../../../src/core/notifications/decide-delivery.js';
import { type DeliveryDeps, deliverNotification } from '../../../src/handlers/deliver-notification.js';
import { settleMessage } from '../../../src/handlers/settle-message.js';
import type { Notification, Notifiers } from '../../../src/ports/notifier.js';
import { systemRuntime } from '../../../src/runtime/system-runtime.js';
import { notificationMessage, outgoingNotification, TENANT } from '../../../src/testing/builders.js';
import * as when from '../../../src/testing/contracts/support/when.js';
import { openMemory } from '../../adapters/memory/open-memory.js';

/** Three tries, the first retry after a second. */
export const POLICY: DeliveryPolicy = {
  maxAttempts: 3,
  initialDelayMs: 1_000,
  maxDelayMs: 60_000,
  timeoutMs: 25_000,
};
export const DELIVERED: DeliveryAnswer = { status: 'delivered' };
export const LATER: DeliveryAnswer = { status: 'failed', retryable: true, reason: 'mailbox full' };
export const NEVER: DeliveryAnswer = { status: 'failed', retryable: false, reason: 'no such address' };

/** Answers for recipients by id, one for each try; the last stays. */
type Answers = Readonly<Record<string, readonly (DeliveryAnswer | Error)[]>>;

/** A store with one notification in its queue, and notifiers that answer as told. */
export async function openDelivery(
  answers: Answers,
  { body = {}, ...more }: Partial<DeliveryDeps> & { readonly body?: Partial<NotificationMessage> } = {},
) {
  const store = openMemory();
  await when.enqueue(store, { ...outgoingNotification('one'), body: notificationMessage(body) });
  const sent: (Notification & { readonly over: keyof Notifiers })[] = [];
  const told: unknown[] = [];
  const deadLettered: string[] = [];
  const hostFailures: unknown[] = [];
  const tries = new Map<string, number>();
  const notifier = (over: keyof Notifiers) => ({
    deliver: async (notification: Notification) => {
      const { id } = notification.recipient;
      const before = tries.get(id) ?? 0;
      tries.set(id, before + 1);
      sent.push({ ...notification, over });
      const list = answers[id] ?? [];
      const answer = list[Math.min(before, list.length - 1)] ?? DELIVERED;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const deps: DeliveryDeps = {
    notifiers: { email: notifier('email'), inApp: notifier('inApp'), slack: notifier('slack') },
    resolveRecipients: async () => Object.keys(answers).map((id) => ({ id })),
    finishedAs: async (key) => (await store.deliveryRecords.findFinished([key]))[0] ?? null,
    saveDeliveryRecord: (row) => store.deliveryRecords.save([row]),
    settle: (message, settlement) =>
      settleMessage(message, settlement, {
        ...store,
        acknowledge: (done) => store.queue.acknowledge([done]),
        onDeadLetter: (_, reason) => deadLettered.push(reason),
      }),
    runtime: systemRuntime,
    onHostFailure: (name, tenantId, problem) => hostFailures.push({ name, tenantId, problem }),
    policies: { email: POLICY, in_app: POLICY, slack: POLICY },
    onDelivery: ({ recipient }, answer) => told.push([recipient.id, answer.status]),
    ...more,
  };
  return {
    store,
    sent,
    told,
    deadLettered,
    hostFailures,
    sentTo: () => sent.map(({ recipient }) => recipient.id),
    depth: async () => {
      const { waiting, inFlight, dead } = await store.queue.stats(NOTIFICATIONS);
      return { waiting, inFlight, dead };
    },
    deadLetters: () => store.deadLetters.list({ tenantId: TENANT, limit: 10 }),
    rows: async () => (await store.libraryRows()).deliveries,
    /** Hands the message out if it is due, and delivers it. */
    deliver: async () => {
      const [message] = await store.queue.claim(NOTIFICATIONS, { limit: 1, leaseMs: 60_000 });
      if (message) await deliverNotification(message, deps);
      return message !== undefined;
    },
  };
}
