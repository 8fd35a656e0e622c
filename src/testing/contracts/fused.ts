import type { StorageUnderTest } from '../storage-harness.js';
import { circuitBreakerClaimCases } from './fused/circuit-breaker-claim-cases.js';
import { claimCases } from './fused/claim-cases.js';
import { commitCases } from './fused/commit-cases.js';
import { limitCases } from './fused/limit-cases.js';
import { sameRowsCases } from './fused/same-rows-cases.js';
import { describeContract } from './support/storage-case.js';

export { throughPorts } from './support/through-ports.js';

/**
 * Registers the tests that every store with `fused` statements must pass, with vitest. Call it at the top level of a
 * test file. The ports must keep the same contract; `throughPorts` makes a store of them that can be passed in.
 */
export function fusedContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('fused', underTest, [
    { name: 'the rows', cases: sameRowsCases },
    { name: 'a commit', cases: commitCases },
    { name: 'taking builds', cases: claimCases },
    { name: 'limits', cases: limitCases },
    { name: 'circuit breakers', cases: circuitBreakerClaimCases },
  ]);
}
