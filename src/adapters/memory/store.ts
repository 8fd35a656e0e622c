import type { Runtime } from '../../runtime/runtime.js';
import { createLocks, type Locks } from './locks.js';
import type { Rows, TableName } from './rows.js';
import { copyTables, createTables, type Stored, type Tables } from './tables.js';

/** The rows that one reader sees. */
export interface View {
  readonly get: <Name extends TableName>(table: Name, id: string) => Stored<Rows[Name]> | undefined;
  readonly all: <Name extends TableName>(table: Name) => readonly Stored<Rows[Name]>[];
  /** Rows by the index column that `createTables` defines for the table. */
  readonly group: <Name extends TableName>(table: Name, key: string) => readonly Stored<Rows[Name]>[];
}

/** Rows that a transaction removed. */
export interface Removal {
  readonly table: TableName;
  readonly id: string;
}

export interface Store {
  /** The token shared by the repository, queue and audit log of this store. */
  readonly database: object;
  readonly locks: Locks;
  /** Milliseconds since 1970, on the store's clock. */
  readonly now: () => number;
  readonly newId: () => string;
  /** The committed rows. */
  readonly committed: View;
  /** The version and the time for a write that happens now. */
  readonly stamp: () => { readonly version: number; readonly writtenAt: string };
  /** Makes a transaction's writes visible atomically. */
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
