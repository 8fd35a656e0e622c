import type { StorageUnderTest } from '../storage-harness.js';
import { describeContract } from './support/storage-case.js';
import { strandedCases } from './sweep/stranded-cases.js';
import { unresolvedCases } from './sweep/unresolved-cases.js';

/**
 * Registers the tests that every `Sweep` must pass, with vitest. Call it at the top level of a test file, for stores
 * that have one. The store also needs the required ports of its family.
 */
export function sweepContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('sweep', underTest, [
    { name: 'stranded builds', cases: strandedCases },
    { name: 'unresolved builds', cases: unresolvedCases },
  ]);
}
