import type { Rows, TableName } from './rows.js';
import type { Transaction } from './transaction.js';

/** Removes the rows that were written before `before`, the oldest first, at most `limit`; says how many. */
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
