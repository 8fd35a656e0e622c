import { createAuditLog } from '../../../../../src/adapters/memory/audit-log.js';
import { createHost } from '../../../../../src/adapters/memory/host.js';
import { createInAppInbox } from '../../../../../src/adapters/memory/in-app-inbox.js';
import { createInAppNotifier } from '../../../../../src/adapters/memory/in-app-notifier.js';
import { readLibraryRows } from '../../../../../src/adapters/memory/library-rows.js';
import { createQueue } from '../../../../../src/adapters/memory/queue.js';
import { createRepository } from '../../../../../src/adapters/memory/repository.js';
import { TABLE_NAMES } from '../../../../../src/adapters/memory/rows.js';
import { createStore } from '../../../../../src/adapters/memory/store.js';
import { createTransactions } from '../../../../../src/adapters/memory/transactions.js';
import { systemRuntime } from '../../../../../src/runtime/system-runtime.js';

const nothing = async () => {};

/** What no write leaves as it was. */
export interface Marks {
  readonly rows: number;
  readonly highest: number;
}

/**
 * The storage in memory, and the marks of all its rows: every write gives a row a new one, higher than any before, also
 * a write of what was there already. To look at marks costs far less than to look at the rows themselves.
 */
export function markedStorage() {
  const store = createStore(systemRuntime);
  const transactions = createTransactions(store);
  return {
    storage: {
      repository: createRepository(store, transactions),
      queue: createQueue(store, transactions),
      auditLog: createAuditLog(store, transactions),
      inAppNotifier: createInAppNotifier(store, transactions),
      inAppInbox: createInAppInbox(store, transactions),
      host: createHost(store, transactions),
      libraryRows: async () => readLibraryRows(store.committed),
      passTime: nothing,
      clear: async () => store.clear(),
      close: nothing,
    },
    marks: (): Marks => {
      const marks = { rows: 0, highest: 0 };
      for (const table of TABLE_NAMES) {
        for (const { version } of store.committed.all(table)) {
          marks.rows += 1;
          if (version > marks.highest) marks.highest = version;
        }
      }
      return marks;
    },
    writtenAfter: (highest: number): string[] =>
      TABLE_NAMES.flatMap((table) => {
        const written = store.committed.all(table).filter(({ version }) => version > highest);
        return written.map(({ row }) => `${table}: ${JSON.stringify(row)}`);
      }),
  };
}
