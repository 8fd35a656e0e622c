import type { StorageUnderTest } from '../storage-harness.js';
import { listenCases } from './queue-listener/listen-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `QueueListener` must pass, with vitest. Call it at the top level of a test file, for stores
 * that have one. The store also needs the required ports of its family.
 */
export function queueListenerContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('queue listener', underTest, [{ name: 'listening', cases: listenCases }]);
}
