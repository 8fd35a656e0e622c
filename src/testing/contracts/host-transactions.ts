import type { StorageUnderTest } from '../storage-harness.js';
import { savepointCases } from './host-transactions/savepoint-cases.js';
import { savepointLockCases } from './host-transactions/savepoint-lock-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `HostTransactions` must pass, with vitest. Call it at the top level of a test file, for stores
 * that have one. The store also needs the required ports of its family.
 */
export function hostTransactionsContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('host transactions', underTest, [
    { name: 'a savepoint', cases: savepointCases },
    { name: 'locks of a savepoint', cases: savepointLockCases },
  ]);
}
