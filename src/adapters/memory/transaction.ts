import type { LockOwner } from './locks.js';
import { compositeKey, type Rows, type TableName } from './rows.js';
import { storable } from './storable.js';
import type { Removal, Store, View } from './store.js';
import { copyTables, createTables } from './tables.js';

/** One transaction: it reads committed rows and its own writes, which others see once it commits. */
export interface Transaction extends View {
  readonly put: <Name extends TableName>(table: Name, id: string, row: Rows[Name]) => void;
  readonly remove: (table: TableName, id: string) => void;
  /** See `Locks.tryAll`. */
  readonly tryLocks: (keys: readonly string[]) => boolean;
  /** See `Locks.acquire`. Time-limited inside a savepoint. */
  readonly lock: (key: string) => Promise<void>;
  /** See `Locks.waitUntilFree`: waits for locks of others. */
  readonly waitForOthers: (keys: () => readonly string[], waitMs: number) => Promise<void>;
}

/** A point that the transaction can roll back to. */
interface Savepoint {
  /** The same transaction, with every lock wait limited by the savepoint. */
  readonly transaction: Transaction;
  /** Undoes later writes and releases later locks. */
  readonly goBack: () => void;
}

export interface OpenTransaction {
  readonly transaction: Transaction;
  readonly savepoint: (waitMs: number) => Savepoint;
  readonly commit: () => void;
  readonly rollback: () => void;
}

/** The lock key of one row. */
export function rowLock(table: TableName, id: string): string {
  return compositeKey(table, id);
}

/** Begins a transaction. The caller must commit it or roll it back. */
export function beginTransaction(store: Store): OpenTransaction {
  const owner: LockOwner = store.locks.begin();
  let written = createTables();
  let removed = new Map<string, Removal>();
  let over = false;

  function refuseWhenOver(): void {
    if (over) throw new Error('This transaction has ended: await everything inside it before it returns.');
  }

  const isRemoved = (table: TableName, id: string) => removed.size > 0 && removed.has(rowLock(table, id));
  const isUntouched = (table: TableName, id: string) => !written[table].get(id) && !isRemoved(table, id);

  const transaction: Transaction = {
    get: (table, id) => {
      if (isRemoved(table, id)) return undefined;
      return written[table].get(id) ?? store.committed.get(table, id);
    },
    all: (table) => [
      ...store.committed.all(table).filter(({ id }) => isUntouched(table, id)),
      ...written[table].all(),
    ],
    group: (table, key) => [
      ...store.committed.group(table, key).filter(({ id }) => isUntouched(table, id)),
      ...written[table].group(key),
    ],
    put: (table, id, row) => {
      refuseWhenOver();
      removed.delete(rowLock(table, id));
      written[table].set({ id, row: storable(row, table), ...store.stamp() });
    },
    remove: (table, id) => {
      refuseWhenOver();
      written[table].remove(id);
      removed.set(rowLock(table, id), { table, id });
    },
    tryLocks: (keys) => store.locks.tryAll(owner, keys),
    lock: (key) => store.locks.acquire(owner, key, null),
    waitForOthers: (keys, waitMs) => store.locks.waitUntilFree(keys, waitMs, owner),
  };

  function savepoint(waitMs: number): Savepoint {
    const writtenBefore = createTables();
    copyTables(written, writtenBefore);
    const removedBefore = new Map(removed);
    const heldBefore = owner.held();
    return {
      transaction: { ...transaction, lock: (key) => store.locks.acquire(owner, key, waitMs) },
      goBack: () => {
        written = writtenBefore;
        removed = removedBefore;
        owner.keepOnly(heldBefore);
      },
    };
  }

  function end(): void {
    over = true;
    owner.end();
  }

  return {
    transaction,
    savepoint,
    commit: () => {
      refuseWhenOver();
      store.apply(written, removed.values());
      end();
    },
    rollback: end,
  };
}
