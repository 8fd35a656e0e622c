import { randomUUID } from 'node:crypto';
import { createAuditLog } from '../../../../../src/adapters/memory/audit-log.js';
import { createHost } from '../../../../../src/adapters/memory/host.js';
import { createInAppNotifier } from '../../../../../src/adapters/memory/in-app-notifier.js';
import { readLibraryRows } from '../../../../../src/adapters/memory/library-rows.js';
import { createQueue } from '../../../../../src/adapters/memory/queue.js';
import { createRepository } from '../../../../../src/adapters/memory/repository.js';
import { TABLE_NAMES } from '../../../../../src/adapters/memory/rows.js';
import { createStore } from '../../../../../src/adapters/memory/store.js';
import { createTransactions } from '../../../../../src/adapters/memory/transactions.js';

const nothing = async () => {};

/**
 * The storage in memory, and the marks of all its rows: every write gives a row a new one, also a write of what was
 * there before. Ten thousand looks at marks cost less than a hundred looks at the rows themselves.
 */
export function markedStorage() {
  const store = createStore({ now: Date.now, newId: randomUUID });
  const transactions = createTransactions(store);
  return {
    storage: {
      repository: createRepository(store, transactions),
      queue: createQueue(store, transactions),
      auditLog: createAuditLog(store, transactions),
      inAppNotifier: createInAppNotifier(transactions),
      host: createHost(store, transactions),
      libraryRows: async () => readLibraryRows(store.committed),
      passTime: nothing,
      clear: async () => store.clear(),
      close: nothing,
    },
    marks: (): string[] =>
      TABLE_NAMES.flatMap((table) =>
        store.committed.all(table).map(({ id, mark }) => `${table} ${id} ${mark}`),
      ),
  };
}
