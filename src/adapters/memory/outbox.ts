import type { QueueName } from '../../core/build/messages.js';
import type { Outbox } from '../../ports/outbox.js';
import type { ClaimedMessage } from '../../ports/queue.js';
import { handOut, isFree } from './claim-message.js';
import { keyLock } from './message-key.js';
import { dueSince, roundRobin } from './round-robin.js';
import type { MessageRow } from './rows.js';
import type { Store } from './store.js';
import type { Transactions } from './transactions.js';

/** The messages of a store as the outbox of an engine. */
export function createOutbox(store: Store, transactions: Transactions): Outbox {
  /** The tenant that the last hand-over ended with. */
  const lastTenants = new Map<QueueName, string>();
  const isHanded = ({ handedUntil }: MessageRow) => handedUntil !== null && handedUntil > store.now();

  return {
    handOver: async (queue, { most, againAfterMs }) =>
      transactions.atOnce((transaction) => {
        const now = store.now();
        const alive = transaction
          .all('messages')
          .filter(({ row }) => row.queue === queue && row.deadReason === null);
        const handed = alive.filter(({ row }) => row.runAt <= now && isHanded(row)).length;
        const free = alive.filter(({ row }) => isFree(store, row) && !isHanded(row));
        const due = roundRobin(free, lastTenants.get(queue) ?? null).slice(0, Math.max(0, most - handed));
        const last = due.at(-1);
        if (last) lastTenants.set(queue, last.row.tenantId);
        const next = alive
          .filter(({ row }) => row.runAt > now)
          .toSorted((left, right) => left.row.runAt - right.row.runAt)
          .slice(0, most)
          .filter(({ row }) => row.handedUntil === null && store.locks.isFree(keyLock(row)));
        return [...due, ...next].map(({ id, row }) => {
          const runAt = Math.max(now, row.runAt);
          transaction.put('messages', id, { ...row, handedUntil: runAt + againAfterMs });
          return { id, delayMs: runAt - now };
        });
      }),

    claimByIds: async (queue, ids, { leaseMs }) =>
      transactions.atOnce((transaction) => {
        const messages: ClaimedMessage[] = [];
        const busy: string[] = [];
        for (const id of new Set(ids)) {
          const stored = transaction.get('messages', id);
          if (stored?.row.queue !== queue || stored.row.deadReason !== null) continue;
          if (isFree(store, stored.row)) messages.push(handOut(transaction, stored, store.now() + leaseMs));
          else if (dueSince(stored.row) <= store.now()) busy.push(id);
          // The engine delivered it before it was due: two clocks always differ.
          else if (stored.row.runAt > store.now())
            transaction.put('messages', id, { ...stored.row, handedUntil: null });
        }
        return { messages, busy };
      }),
  };
}
