import type { Purge, PurgeRows } from '../../ports/purge.js';
import type { Rows, TableName } from './rows.js';
import type { Store } from './store.js';
import type { Transaction } from './transaction.js';
import type { Transactions } from './transactions.js';

export function createPurge(store: Store, transactions: Transactions): Purge {
  const from =
    <Name extends TableName>(table: Name, writtenAt: (row: Rows[Name]) => number | null): PurgeRows =>
    async ({ olderThanMs, limit }) =>
      transactions.atOnce((transaction) =>
        removeOld(transaction, table, writtenAt, store.now() - olderThanMs, limit),
      );
  return {
    idempotencyAnswers: from('answers', (row) => row.createdAt),
    deliveryRecords: from('deliveries', (row) => row.updatedAt),
    deadLetters: from('messages', (row) => row.deadAt),
  };
}

/** Removes the rows that were written before `before`, the oldest first, at most `limit`; says how many. */
function removeOld<Name extends TableName>(
  transaction: Transaction,
  table: Name,
  writtenAt: (row: Rows[Name]) => number | null,
  before: number,
  limit: number,
): number {
  const old = transaction
    .all(table)
    .flatMap(({ id, row }) => {
      const at = writtenAt(row);
      return at !== null && at < before ? [{ id, at }] : [];
    })
    .toSorted((left, right) => left.at - right.at)
    .slice(0, limit);
  for (const { id } of old) transaction.remove(table, id);
  return old.length;
}
