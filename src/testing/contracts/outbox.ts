import type { StorageUnderTest } from '../storage-harness.js';
import { claimByIdsCases } from './outbox/claim-by-ids-cases.js';
import { handOverCases } from './outbox/hand-over-cases.js';
import { withinLimitsCases } from './outbox/within-limits-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `Outbox` must pass, with vitest. Call it at the top level of a test file, for stores that
 * have one. Queue and transactions come from the same family.
 */
export function outboxContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('outbox', underTest, [
    { name: 'handing over', cases: handOverCases },
    { name: 'claiming by ids', cases: claimByIdsCases },
    { name: 'within limits', cases: withinLimitsCases },
  ]);
}
