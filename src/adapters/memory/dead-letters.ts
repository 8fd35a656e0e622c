import type { DeadLetters } from '../../ports/dead-letters.js';
import { keyLock } from './message-key.js';
import type { Store } from './store.js';
import { messageGroup } from './tables.js';
import type { Transaction } from './transaction.js';
import type { Transactions } from './transactions.js';

export function createDeadLetters(store: Store, transactions: Transactions): DeadLetters {
  return {
    list: async ({ tenantId, limit }) =>
      store.committed
        .all('messages')
        .filter(({ row }) => row.tenantId === tenantId && row.deadReason !== null)
        .sort((left, right) => right.version - left.version)
        .slice(0, limit)
        .map(({ id, row: { queue, body, deliveryCount, deadReason } }) => ({
          id,
          queue,
          tenantId,
          body: structuredClone(body),
          deliveryCount,
          reason: deadReason ?? '',
        })),

    redrive: ({ tenantId, limit, ids }) =>
      transactions.alone((transaction) => redrive(store, transaction, { tenantId, limit, ids: ids ?? null })),
  };
}

/** A dead letter is removed and a new message added, unless its key waits, or is in somebody's hands. */
async function redrive(
  store: Store,
  transaction: Transaction,
  which: { readonly tenantId: string; readonly limit: number; readonly ids: readonly string[] | null },
): Promise<number> {
  const letters = transaction
    .all('messages')
    .filter(({ id, row }) => row.tenantId === which.tenantId && (which.ids?.includes(id) ?? true))
    .flatMap(({ id, row }) =>
      row.deadAt === null ? [] : [{ id, row, deadAt: row.deadAt, lock: keyLock(row) }],
    )
    .toSorted((left, right) => left.deadAt - right.deadAt)
    .slice(0, which.limit);
  // Sorted, so that two concurrent calls cannot deadlock.
  const locks = letters.map(({ lock }) => lock).toSorted();
  for (const lock of locks) await transaction.lock(lock);
  let back = 0;
  // Of several dead letters with one key, the newest is redriven.
  for (const { id, row } of letters.toReversed()) {
    if (transaction.get('messages', id) === undefined) continue;
    const isThere = transaction.group('messages', messageGroup(row)).some((twin) => twin.row.deadAt === null);
    transaction.remove('messages', id);
    if (isThere) continue;
    const fresh = {
      runAt: store.now(),
      leaseUntil: null,
      handedUntil: null,
      handOvers: 0,
      problem: null,
      deliveryCount: 0,
      deadReason: null,
      deadAt: null,
    };
    const newId = store.newId();
    transaction.put('messages', newId, { ...row, ...fresh, id: newId });
    back += 1;
  }
  return back;
}
