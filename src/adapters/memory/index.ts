import { randomUUID } from 'node:crypto';
import type { AuditLog } from '../../ports/audit-log.js';
import type { InAppInbox } from '../../ports/in-app-inbox.js';
import type { Notifier } from '../../ports/notifier.js';
import type { Outbox } from '../../ports/outbox.js';
import type { Queue } from '../../ports/queue.js';
import type { Repository } from '../../ports/repository.js';
import { createAuditLog } from './audit-log.js';
import { createHost, type MemoryHost } from './host.js';
import { createInAppInbox } from './in-app-inbox.js';
import { createInAppNotifier } from './in-app-notifier.js';
import { type MemoryLibraryRows, readLibraryRows } from './library-rows.js';
import { createOutbox } from './outbox.js';
import { createQueue } from './queue.js';
import { createRepository } from './repository.js';
import { createStore } from './store.js';
import { createTransactions, type MemoryTx } from './transactions.js';

export { type MemoryEngine, memoryEngine } from './engine.js';
export type { MemoryHost } from './host.js';
export type { MemoryHostRow, MemoryHostRows, MemoryHostTable } from './host-rows.js';
export type { MemoryLibraryRows } from './library-rows.js';
export type { MemoryTx } from './transactions.js';

/** Options of a memory store. */
export interface MemoryStorageOptions {
  /**
   * The store's clock, in milliseconds since 1970. Leases, delays and expiry use it.
   *
   * @default `Date.now`
   */
  readonly now?: () => number;
  /**
   * Generates row ids, which must be unique.
   *
   * @default random uuids
   */
  readonly newId?: () => string;
}

/** A whole database in memory, with the default tables. */
export interface MemoryStorage {
  readonly repository: Repository<MemoryTx>;
  readonly queue: Queue<MemoryTx>;
  readonly auditLog: AuditLog<MemoryTx>;
  /** For the option `outbox`, together with an engine. */
  readonly outbox: Outbox;
  readonly inAppNotifier: Notifier;
  /** Reads the stored in-app notifications, for the host's screens. */
  readonly inAppInbox: InAppInbox;
  readonly host: MemoryHost;
  readonly libraryRows: () => Promise<MemoryLibraryRows>;
  /** Removes every row of the host and the library. Open transactions continue. */
  readonly clear: () => Promise<void>;
}

/**
 * All ports in memory, for tests, demos and development. Transactions are isolated like Postgres' READ COMMITTED, with the
 * same locks, unique keys and constraints. Nothing survives the process. Ids of the host are any text, as on Postgres with
 * `host: { ids: 'text' }`.
 */
export function memoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  const store = createStore({ now: options.now ?? Date.now, newId: options.newId ?? randomUUID });
  const transactions = createTransactions(store);
  return {
    repository: createRepository(store, transactions),
    queue: createQueue(store, transactions),
    auditLog: createAuditLog(store, transactions),
    outbox: createOutbox(store, transactions),
    inAppNotifier: createInAppNotifier(store, transactions),
    inAppInbox: createInAppInbox(store, transactions),
    host: createHost(store, transactions),
    libraryRows: async () => readLibraryRows(store.committed),
    clear: async () => store.clear(),
  };
}
