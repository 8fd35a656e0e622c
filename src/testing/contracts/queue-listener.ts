import type { StorageUnderTest } from '../storage-harness.js';
import { listenCases } from './queue/listen-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `Queue` with `listen` must pass, with vitest. Call it at the top level of a test file,
 * for stores that have it. Transactions come from the repository of the same family.
 */
export function queueListenerContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('queue listener', underTest, [{ name: 'listening', cases: listenCases }]);
}
