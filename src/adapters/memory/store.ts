import type { Runtime } from '../../runtime/runtime.js';
import { createLocks, type Locks } from './locks.js';
import type { Rows, TableName } from './rows.js';
import { copyTables, createTables, type Stored, type Tables } from './tables.js';

/** Rows as one reader sees them. */
export interface View {
  readonly get: <Name extends TableName>(table: Name, id: string) => Stored<Rows[Name]> | undefined;
  readonly all: <Name extends TableName>(table: Name) => readonly Stored<Rows[Name]>[];
  /** Rows by the column that `createTables` names for the table. */
  readonly group: <Name extends TableName>(table: Name, key: string) => readonly Stored<Rows[Name]>[];
}

/** Rows that a transaction took away. */
export interface Removal {
  readonly table: TableName;
  readonly id: string;
}

export interface Store {
  /** The token that repository, queue and audit log of this store share. */
  readonly database: object;
  readonly locks: Locks;
  /** Milliseconds since 1970, on the store's clock. */
  readonly now: () => number;
  readonly newId: () => string;
  /** What every transaction has committed so far. */
  readonly committed: View;
  /** The versions of a write that happens now. */
  readonly stamp: () => { readonly version: number; readonly writtenAt: string };
  /** Makes a transaction's writes visible, all at once. */
  readonly apply: (written: Tables, removed: Iterable<Removal>) => void;
  readonly clear: () => void;
}

/** An empty store. Nothing in it waits, so whatever happens between two awaits happens at once. */
export function createStore(runtime: Runtime): Store {
  let tables = createTables();
  let version = 0;
  let lastMicroseconds = 0;

  function stamp() {
    version += 1;
    lastMicroseconds = Math.max(Math.floor(runtime.wallClockMs()) * 1000, lastMicroseconds + 1);
    const iso = new Date(Math.floor(lastMicroseconds / 1000)).toISOString();
    const microseconds = String(lastMicroseconds % 1000).padStart(3, '0');
    return { version, writtenAt: iso.replace('Z', `${microseconds}Z`) };
  }

  return {
    database: Object.freeze({}),
    locks: createLocks(runtime),
    now: runtime.wallClockMs,
    newId: runtime.newId,
    committed: {
      get: (table, id) => tables[table].get(id),
      all: (table) => tables[table].all(),
      group: (table, key) => tables[table].group(key),
    },
    stamp,
    apply: (written, removed) => {
      for (const { table, id } of removed) tables[table].remove(id);
      copyTables(written, tables);
    },
    clear: () => {
      tables = createTables();
    },
  };
}
