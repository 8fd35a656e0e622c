import type { StorageUnderTest } from '../storage-harness.js';
import { describeContract } from './support/storage-case.js';
import { holderCases } from './workflow-holders/holder-cases.js';

/**
 * Registers the tests that every `WorkflowHolders` must pass, with vitest. Call it at the top level of a test file, for
 * stores that have one. The store also needs the required ports of its family.
 */
export function workflowHoldersContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('workflow holders', underTest, [{ name: 'holders', cases: holderCases }]);
}
