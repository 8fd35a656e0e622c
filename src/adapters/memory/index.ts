import { callback, options as optionsOf } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import { type MemoryStorage, type MemoryStorageOptions, memoryStorageOn } from './storage.js';

export { type MemoryEngine, memoryEngine } from './engine.js';
export type { MemoryHost } from './host.js';
export type { MemoryHostRow, MemoryHostRows, MemoryHostTable } from './host-rows.js';
export type { MemoryLibraryRows } from './library-rows.js';
export type { MemoryStorage, MemoryStorageOptions } from './storage.js';
export type { MemoryTx } from './transactions.js';

const memorySchema = optionsOf({ now: callback().optional(), newId: callback().optional() });

/**
 * All ports in memory, for tests, demos and development. Transactions are isolated like Postgres' READ COMMITTED, with the
 * same locks, unique keys and constraints. Nothing survives the process. Ids of the host are any text, as on Postgres with
 * `host: { ids: 'text' }`.
 *
 * @throws TypeError that lists every invalid option
 */
export function memoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  readOptions('memoryStorage', memorySchema, options);
  return memoryStorageOn(systemRuntime, options);
}
