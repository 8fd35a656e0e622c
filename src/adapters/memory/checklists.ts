import type { Checklists } from '../../ports/checklists.js';
import { checklistOf, ofTenant } from './project-facts.js';
import { rowLock } from './transaction.js';
import type { MemoryTx, Transactions } from './transactions.js';

export function createChecklists(transactions: Transactions): Checklists<MemoryTx> {
  return {
    lockChecklist: (tx, { tenantId, projectId }, { wait }) =>
      transactions.within(tx, async (transaction) => {
        const find = () => ofTenant(transaction.get('projects', projectId), tenantId);
        if (!find()) return null;
        const lock = rowLock('projects', projectId);
        if (wait) await transaction.lock(lock);
        else if (!transaction.tryLocks([lock])) return 'busy';
        return find() ? checklistOf(transaction, tenantId, projectId) : null;
      }),
    saveProgress: (tx, { tenantId, projectId, checklistProgress }) =>
      transactions.within(tx, async (transaction) => {
        const stored = ofTenant(transaction.get('projects', projectId), tenantId);
        if (stored) transaction.put('projects', projectId, { ...stored.row, checklistProgress });
      }),
  };
}
