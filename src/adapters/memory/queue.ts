import type { OutgoingMessage, QueueName } from '../../core/build/messages.js';
import type { ClaimedMessage, Queue } from '../../ports/queue.js';
import { claimCapacity, within } from './claim-capacity.js';
import { handOut, isFree } from './claim-message.js';
import { keyLock } from './message-key.js';
import { dueSince, roundRobin } from './round-robin.js';
import type { MessageRow } from './rows.js';
import type { Store } from './store.js';
import { messageGroup, type Stored } from './tables.js';
import type { Transaction } from './transaction.js';
import type { MemoryTx, Transactions } from './transactions.js';

export function createQueue(store: Store, transactions: Transactions): Queue<MemoryTx> {
  const { committed } = store;
  const isInHands = ({ deadReason, leaseUntil }: MessageRow) =>
    deadReason === null && leaseUntil !== null && leaseUntil > store.now();
  /** The tenant that the last claim ended with. */
  const lastTenants = new Map<QueueName, string>();

  async function enqueue(transaction: Transaction, message: OutgoingMessage): Promise<void> {
    // Like a unique index: waits for a concurrent transaction that adds the same key.
    await transaction.lock(keyLock(message));
    const runAt = store.now() + message.delayMs;
    const { priority = 0 } = message;
    const waiting = waitingTwin(transaction, message);
    if (waiting) {
      const earlier = Math.min(runAt, waiting.row.runAt);
      if (earlier !== waiting.row.runAt || priority !== waiting.row.priority) {
        const handedUntil = earlier < waiting.row.runAt ? null : waiting.row.handedUntil;
        transaction.put('messages', waiting.id, { ...waiting.row, runAt: earlier, handedUntil, priority });
      }
      return;
    }
    const { queue, key, tenantId, body } = message;
    const id = store.newId();
    const state = {
      runAt,
      priority,
      leaseUntil: null,
      handedUntil: null,
      handOvers: 0,
      deliveryCount: 0,
      problem: null,
    };
    transaction.put('messages', id, {
      id,
      queue,
      key,
      tenantId,
      body,
      ...state,
      deadReason: null,
      deadAt: null,
    });
  }

  return {
    database: store.database,

    enqueue: (tx, messages) =>
      transactions.within(tx, async (transaction) => {
        // Sorted, so that two transactions with the same keys cannot deadlock.
        const inOrder = messages.map((message) => ({ message, lock: keyLock(message) }));
        inOrder.sort((left, right) => (left.lock < right.lock ? -1 : Number(left.lock > right.lock)));
        for (const { message } of inOrder) await enqueue(transaction, message);
      }),

    claim: async (queue, { limit, leaseMs, limits }) =>
      transactions.atOnce((transaction) => {
        const due = transaction
          .all('messages')
          .filter(({ row }) => row.queue === queue && isFree(store, row));
        const capacity = limits && claimCapacity(store, transaction, limits, leaseMs);
        const picked = within(capacity, roundRobin(due, lastTenants.get(queue) ?? null), limit);
        const last = picked.at(-1);
        if (last) lastTenants.set(queue, last.row.tenantId);
        return picked.map((message) => handOut(transaction, message, store.now() + leaseMs));
      }),

    acknowledge: async (messages) => {
      transactions.atOnce((transaction) => {
        for (const message of messages) {
          if (held(transaction, message)) transaction.remove('messages', message.id);
        }
      });
    },

    postpone: (message, { delayMs, problem = null }) =>
      transactions.alone(async (transaction) => {
        const before = held(transaction, message);
        if (!before) return;
        await transaction.lock(keyLock(before.row));
        const stored = held(transaction, message);
        if (!stored) return;
        const runAt = store.now() + delayMs;
        const waiting = waitingTwin(transaction, stored.row);
        if (!waiting)
          return transaction.put('messages', stored.id, { ...stored.row, runAt, leaseUntil: null, problem });
        // Its key was enqueued again while it was leased: one of the two messages is enough.
        transaction.remove('messages', stored.id);
        transaction.put('messages', waiting.id, {
          ...waiting.row,
          runAt: Math.min(runAt, waiting.row.runAt),
          handedUntil: null,
        });
      }),

    deadLetter: async (message, reason) => {
      transactions.atOnce((transaction) => {
        const stored = held(transaction, message);
        if (stored)
          transaction.put('messages', stored.id, {
            ...stored.row,
            leaseUntil: null,
            deadReason: reason,
            deadAt: store.now(),
          });
      });
    },

    stats: async (queue) => {
      const now = store.now();
      const rows = committed.all('messages').map(({ row }) => row);
      const ofQueue = rows.filter((row) => row.queue === queue);
      const dead = ofQueue.filter(({ deadReason }) => deadReason !== null).length;
      const inFlight = ofQueue.filter(isInHands).length;
      const due = ofQueue.filter((row) => row.deadReason === null && dueSince(row) <= now);
      const oldestDueMs = due.length === 0 ? null : Math.max(...due.map(({ runAt }) => now - runAt));
      const problems = ofQueue.flatMap((row) => (row.deadReason === null ? (row.problem ?? []) : []));
      const [newestDead] = ofQueue.toSorted((left, right) => (right.deadAt ?? 0) - (left.deadAt ?? 0));
      return {
        waiting: ofQueue.length - dead - inFlight,
        oldestDueMs,
        inFlight,
        dead,
        failing: problems.length,
        problem: problems.toSorted().at(-1) ?? null,
        deadReason: newestDead?.deadReason ?? null,
      };
    },
  };
}

/**
 * The waiting message with this key. A claimed message does not count, even after its lease has expired: its holder may
 * still settle it, and the new command would be lost.
 */
function waitingTwin(transaction: Transaction, message: { readonly queue: string; readonly key: string }) {
  return transaction
    .group('messages', messageGroup(message))
    .find(({ row }) => row.deadReason === null && row.leaseUntil === null);
}

/** The message, while the caller still holds it: the delivery count is unchanged and it is not settled. */
function held(transaction: Transaction, message: ClaimedMessage): Stored<MessageRow> | undefined {
  const stored = transaction.get('messages', message.id);
  const isTheirs =
    stored?.row.deliveryCount === message.deliveryCount &&
    stored.row.leaseUntil !== null &&
    stored.row.deadReason === null;
  return isTheirs ? stored : undefined;
}
