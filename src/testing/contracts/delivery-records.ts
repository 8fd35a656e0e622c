import type { StorageUnderTest } from '../storage-harness.js';
import { deliveryCases } from './delivery-records/delivery-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `DeliveryRecords` must pass, with vitest. Call it at the top level of a test file, for stores
 * that have one. The store also needs the required ports of its family.
 */
export function deliveryRecordsContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('delivery records', underTest, [{ name: 'deliveries', cases: deliveryCases }]);
}
