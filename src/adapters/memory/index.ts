import { randomUUID } from 'node:crypto';
import { type MemoryStorage, storageOn } from './storage.js';
import { createStore } from './store.js';

export { type MemoryEngine, memoryEngine } from './engine.js';
export type { MemoryHost } from './host.js';
export type { MemoryHostRow, MemoryHostRows, MemoryHostTable } from './host-rows.js';
export type { MemoryLibraryRows } from './library-rows.js';
export type { MemoryStorage } from './storage.js';
export type { MemoryTx } from './transactions.js';

/** Where a memory store gets its time and its ids. */
export interface MemoryStorageOptions {
  /** The store's clock, in milliseconds since 1970; default `Date.now`. Leases, delays and expiry are counted on it. */
  readonly now?: () => number;
  /** Makes the ids of rows; default random uuids. Each must be new. */
  readonly newId?: () => string;
}

/**
 * Every port in memory, for tests, demos and development. Transactions are as isolated as those of Postgres under
 * READ COMMITTED, with the same locks, unique keys and constraints; nothing survives the process. Ids of the host are
 * any text, as on Postgres with `host: { ids: 'text' }`.
 */
export function memoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  return storageOn(createStore({ now: options.now ?? Date.now, newId: options.newId ?? randomUUID }));
}
