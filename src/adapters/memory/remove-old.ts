import type { Rows, TableName } from './rows.js';
import type { Transaction } from './transaction.js';

/** Removes up to `limit` rows written before `before`, oldest first, and returns the count. */
export function removeOld<Name extends TableName>(
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
