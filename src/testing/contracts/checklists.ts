import type { StorageUnderTest } from '../storage-harness.js';
import { checklistCases } from './checklists/checklist-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `Checklists` must pass, with vitest. Call it at the top level of a test file, for stores
 * that have one. The store also needs the required ports of its family.
 */
export function checklistsContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('checklists', underTest, [{ name: 'progress', cases: checklistCases }]);
}
