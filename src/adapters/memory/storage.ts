import type { AuditLog } from '../../ports/audit-log.js';
import type { Capabilities } from '../../ports/capabilities.js';
import type { InAppInbox } from '../../ports/in-app-inbox.js';
import type { Notifier } from '../../ports/notifier.js';
import type { Outbox } from '../../ports/outbox.js';
import type { Queue } from '../../ports/queue.js';
import type { Repository } from '../../ports/repository.js';
import type { Runtime } from '../../runtime/runtime.js';
import { createAuditLog } from './audit-log.js';
import { createBuildViews } from './build-views.js';
import { createChecklists } from './checklists.js';
import { createCircuitBreakers } from './circuit-breakers.js';
import { createDeadLetters } from './dead-letters.js';
import { createDeliveryRecords } from './delivery-records.js';
import { createHost, type MemoryHost } from './host.js';
import { createHostSchema } from './host-schema.js';
import { createHostTransactions } from './host-transactions.js';
import { createInAppInbox } from './in-app-inbox.js';
import { createInAppNotifier } from './in-app-notifier.js';
import { type MemoryLibraryRows, readLibraryRows } from './library-rows.js';
import { createOutbox } from './outbox.js';
import { createPurge } from './purge.js';
import { createQueue } from './queue.js';
import { createRepository } from './repository.js';
import { createStore, type Store } from './store.js';
import { createSweep } from './sweep.js';
import { createTransactions, type MemoryTx } from './transactions.js';
import { createWorkflowHolders } from './workflow-holders.js';

/** Where a memory store gets its time and its ids. */
export interface MemoryStorageOptions {
  /** The store's clock, in milliseconds since 1970. Leases, delays and expiry are counted on it. @default the system's clock */
  readonly now?: () => number;
  /** Makes the ids of rows. Each must be new. @default random uuids */
  readonly newId?: () => string;
}

/** A whole database in memory, with the default tables: the ports and all capabilities but the listener, for `createBuilds` to spread. */
export interface MemoryStorage extends Required<Omit<Capabilities<MemoryTx>, 'queueListener'>> {
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
  return storageOn(createStore({ ...runtime, wallClockMs: now, newId }));
}

/** Every port on one store. */
export function storageOn(store: Store): MemoryStorage {
  const transactions = createTransactions(store);
  return {
    repository: createRepository(store, transactions),
    queue: createQueue(store, transactions),
    auditLog: createAuditLog(store, transactions),
    hostSchema: createHostSchema(),
    hostTransactions: createHostTransactions(transactions),
    checklists: createChecklists(transactions),
    buildViews: createBuildViews(store),
    sweep: createSweep(store, transactions),
    circuitBreakers: createCircuitBreakers(store, transactions),
    deliveryRecords: createDeliveryRecords(store, transactions),
    deadLetters: createDeadLetters(store, transactions),
    purge: createPurge(store, transactions),
    workflowHolders: createWorkflowHolders(store),
    outbox: createOutbox(store, transactions),
    inAppNotifier: createInAppNotifier(store, transactions),
    inAppInbox: createInAppInbox(store, transactions),
    host: createHost(store, transactions),
    libraryRows: async () => readLibraryRows(store.committed),
    clear: async () => store.clear(),
  };
}
