import type { AuditLog } from '../../ports/audit-log.js';
import type { InAppInbox } from '../../ports/in-app-inbox.js';
import type { Notifier } from '../../ports/notifier.js';
import type { Outbox } from '../../ports/outbox.js';
import type { Queue } from '../../ports/queue.js';
import type { Repository } from '../../ports/repository.js';
import type { Runtime } from '../../runtime/runtime.js';
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

/** Where a memory store gets its time and its ids. */
export interface MemoryStorageOptions {
  /** The store's clock, in milliseconds since 1970; default the system's. Leases, delays and expiry are counted on it. */
  readonly now?: () => number;
  /** Makes the ids of rows; default random uuids. Each must be new. */
  readonly newId?: () => string;
}

/** A whole database in memory, with the default tables. */
export interface MemoryStorage {
  readonly repository: Repository<MemoryTx>;
  readonly queue: Queue<MemoryTx>;
  readonly auditLog: AuditLog<MemoryTx>;
  /** For `outbox`, with an engine. */
  readonly outbox: Outbox;
  readonly inAppNotifier: Notifier;
  /** What the host's screens read of what it stores. */
  readonly inAppInbox: InAppInbox;
  readonly host: MemoryHost;
  readonly libraryRows: () => Promise<MemoryLibraryRows>;
  /** Removes every row, the host's and the library's. Transactions that are open go on. */
  readonly clear: () => Promise<void>;
}

/** Puts every port in memory, on a runtime that somebody else may own. */
export function memoryStorageOn(runtime: Runtime, options: MemoryStorageOptions = {}): MemoryStorage {
  const { now = runtime.wallClockMs, newId = runtime.newId } = options;
  const store = createStore({ ...runtime, wallClockMs: now, newId });
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
