import type { StorageUnderTest } from '../storage-harness.js';
import { oldDeadLetterCases } from './purge/old-dead-letter-cases.js';
import { purgeCases } from './purge/purge-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `Purge` must pass, with vitest. Call it at the top level of a test file, for stores
 * that have one. The store also needs the required ports of its family.
 */
export function purgeContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('purge', underTest, [
    { name: 'retention', cases: purgeCases },
    { name: 'old dead letters', cases: oldDeadLetterCases },
  ]);
}
