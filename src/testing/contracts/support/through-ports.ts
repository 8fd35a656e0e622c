import { claimBuildsThroughQueue } from '../../../handlers/claim-builds.js';
import { commitOneByOne } from '../../../handlers/commit-one-by-one.js';
import type { FusedStatements } from '../../../ports/fused.js';
import type { StorageHarness, StorageUnderTest } from '../../storage-harness.js';

/** The same two steps through the ports, one by one: what every store can do, and what a fused one is compared with. */
export function portByPort<Tx>(store: StorageHarness<Tx>): FusedStatements {
  return { commit: commitOneByOne(store), claimDueBuilds: claimBuildsThroughQueue(store), insteadOf: store };
}

/** A store that does both steps through its ports, so that these keep the fused contract as well. */
export function throughPorts<Tx>(underTest: StorageUnderTest<Tx>): StorageUnderTest<Tx> {
  return {
    ...underTest,
    name: `${underTest.name}, through its ports,`,
    open: async () => {
      const store = await underTest.open();
      return { ...store, fused: portByPort(store) };
    },
  };
}
