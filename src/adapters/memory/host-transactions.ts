import type { HostTransactions } from '../../ports/host-transactions.js';
import type { MemoryTx, Transactions } from './transactions.js';

export function createHostTransactions({ savepoint }: Transactions): HostTransactions<MemoryTx> {
  return { savepoint };
}
