import type { StorageUnderTest } from '../storage-harness.js';
import { circuitBreakerCases } from './circuit-breakers/circuit-breaker-cases.js';
import { circuitBreakerClaimCases } from './circuit-breakers/claim-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `CircuitBreakers` must pass, with vitest. Call it at the top level of a test file, for stores
 * that have one. What a claim of the repository does at one is tested with it.
 */
export function circuitBreakersContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('circuit breakers', underTest, [
    { name: 'circuit breakers', cases: circuitBreakerCases },
    { name: 'claims at open circuit breakers', cases: circuitBreakerClaimCases },
  ]);
}
