import type { StorageUnderTest } from '../storage-harness.js';
import { hostIdCases } from './host-schema/host-id-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `HostSchema` must pass, with vitest. Call it at the top level of a test file, for stores
 * that have one. The store also needs the required ports of its family.
 */
export function hostSchemaContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('host schema', underTest, [{ name: 'ids of the host', cases: hostIdCases }]);
}
