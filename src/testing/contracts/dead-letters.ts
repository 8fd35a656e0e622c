import type { StorageUnderTest } from '../storage-harness.js';
import { deadLetterCases } from './dead-letters/dead-letter-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `DeadLetters` must pass, with vitest. Call it at the top level of a test file, for stores
 * that have one. The store also needs the required ports of its family.
 */
export function deadLettersContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('dead letters', underTest, [{ name: 'dead letters', cases: deadLetterCases }]);
}
