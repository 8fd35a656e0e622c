import type { QueueName } from '../../core/build/messages.js';
import type { Outbox } from '../../ports/outbox.js';
import type { ClaimedMessage } from '../../ports/queue.js';
import { claimCapacity, within } from './claim-capacity.js';
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
  const isLost = ({ handedUntil, handOvers }: MessageRow) => handedUntil !== null && handOvers >= 2;

  return {
    handOver: async (queue, { window, againAfterMs, limits }) =>
      transactions.atOnce((transaction) => {
        const now = store.now();
        const capacity = limits && claimCapacity(store, transaction, limits, 0);
        const alive = transaction
          .all('messages')
          .filter(({ row }) => row.queue === queue && row.deadReason === null);
        const handed = alive.filter(({ row }) => row.runAt <= now && isHanded(row));
        const free = alive.filter(({ row }) => isFree(store, row) && !isHanded(row));
        for (const { row } of handed) capacity?.promise(row.tenantId);
        const inOrder = roundRobin(free, lastTenants.get(queue) ?? null);
        const due = within(capacity, inOrder, window - handed.length);
        const lost = due.filter(({ row }) => isLost(row));
        const given = due.filter(({ row }) => !isLost(row));
        const last = given.at(-1);
        if (last) lastTenants.set(queue, last.row.tenantId);
        const next = alive
          .filter(({ row }) => row.runAt > now)
          .toSorted((left, right) => left.row.runAt - right.row.runAt)
          .slice(0, window)
          .filter(({ row }) => row.handedUntil === null && store.locks.isFree(keyLock(row)));
        const wakeUps = [...given, ...next].map(({ id, row }) => {
          const runAt = Math.max(now, row.runAt);
          const handOvers = row.handedUntil === null ? 1 : row.handOvers + 1;
          transaction.put('messages', id, { ...row, handedUntil: runAt + againAfterMs, handOvers });
          return { id, delayMs: runAt - now };
        });
        return { wakeUps, lost: lost.map(({ id }) => id) };
      }),

    claimByIds: async (queue, ids, { leaseMs, limits }) =>
      transactions.atOnce((transaction) => {
        const capacity = limits && claimCapacity(store, transaction, limits, leaseMs);
        const messages: ClaimedMessage[] = [];
        const busy: string[] = [];
        for (const id of new Set(ids)) {
          const stored = transaction.get('messages', id);
          if (stored?.row.queue !== queue || stored.row.deadReason !== null) continue;
          const { row } = stored;
          const isDue = isFree(store, row);
          if (isDue && (capacity?.promise(row.tenantId) ?? true))
            messages.push(handOut(transaction, stored, store.now() + leaseMs));
          else if (!isDue && dueSince(row) <= store.now()) busy.push(id);
          // Beyond a limit; or delivered before it was due, since two clocks always differ.
          else if (isDue || row.runAt > store.now())
            transaction.put('messages', id, { ...row, handedUntil: null });
        }
        return { messages, busy };
      }),
  };
}
