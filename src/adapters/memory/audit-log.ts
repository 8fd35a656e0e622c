import type { AuditLog } from '../../ports/audit-log.js';
import type { Store } from './store.js';
import type { MemoryTx, Transactions } from './transactions.js';

export function createAuditLog(store: Store, transactions: Transactions): AuditLog<MemoryTx> {
  return {
    database: store.database,
    append: (tx, entries) =>
      transactions.within(tx, async (transaction) => {
        for (const entry of entries)
          transaction.put('audit', store.newId(), { ...entry, createdAt: store.now() });
      }),
    list: async ({ tenantId, resourceId }) =>
      store.committed
        .group('audit', resourceId)
        .filter(({ row }) => row.tenantId === tenantId)
        .sort((left, right) => left.row.createdAt - right.row.createdAt || left.version - right.version)
        .map(({ id, row }) => ({
          ...structuredClone(row),
          id,
          createdAt: new Date(row.createdAt).toISOString(),
        })),
  };
}
