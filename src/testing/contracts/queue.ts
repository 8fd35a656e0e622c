import type { QueueUnderTest } from '../storage-harness.js';
import { queueClaimCases } from './queue/claim-cases.js';
import { enqueueCases } from './queue/enqueue-cases.js';
import { fairClaimCases } from './queue/fair-claim-cases.js';
import { statsCases } from './queue/stats-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `Queue` must pass, with vitest. Call it at the top level of a test file.
 * Transactions come from the repository of the same family.
 */
export function queueContract<Tx>(underTest: QueueUnderTest<Tx>): void {
  describeContract('queue', underTest, [
    { name: 'adding messages', cases: enqueueCases },
    { name: 'turns and priorities', cases: fairClaimCases },
    { name: 'holding and settling messages', cases: queueClaimCases },
    { name: 'statistics', cases: statsCases },
  ]);
}
