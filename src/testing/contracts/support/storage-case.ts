import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import type { Capabilities } from '../../../ports/capabilities.js';
import type { HostLimit, StorageHarness, StorageUnderTest } from '../../storage-harness.js';

/** One thing that a store must do, on a store that is empty when it begins. */
export interface StorageCase {
  readonly name: string;
  /** Needs transactions side by side; skipped, by name, where the store has none. */
  readonly concurrent?: true;
  /** Needs a host that can do this; skipped, by name, where it cannot. */
  readonly needs?: HostLimit;
  /** What a store needs for it besides what the contract is about; skipped, by name, where it does not have it. */
  readonly capabilities?: readonly (keyof Capabilities<never>)[];
  readonly run: <Tx>(store: StorageHarness<Tx>) => Promise<void>;
}

/** Cases about one idea. */
export interface CaseGroup {
  readonly name: string;
  readonly cases: readonly StorageCase[];
}

/** Registers every case of a contract, on one store that is cleared before each. The title counts them. */
export function describeContract<Tx>(
  contract: string,
  underTest: StorageUnderTest<Tx>,
  groups: readonly CaseGroup[],
): void {
  const cases = groups.flatMap((group) => group.cases);
  const concurrent = cases.filter((each) => each.concurrent).length;
  const title = `${underTest.name} keeps the ${contract} contract: ${cases.length} cases`;

  describe(concurrent === 0 ? title : `${title}, ${concurrent} of them on transactions side by side`, () => {
    let store: StorageHarness<Tx>;
    let isRunning = false;
    beforeAll(async () => {
      store = await underTest.open();
    });
    beforeEach(async () => {
      if (!isRunning) return store.clear();
      // The case before never ended and may hold locks for ever: it keeps its store, and the others go on with another.
      isRunning = false;
      store = await underTest.open();
    });
    afterAll(() => (isRunning ? undefined : store?.close()));

    const run = async (each: StorageCase) => {
      const mine = store;
      isRunning = true;
      await each.run(mine).finally(() => {
        if (mine === store) isRunning = false;
      });
    };

    for (const group of groups) {
      describe(group.name, () => {
        for (const each of group.cases) {
          const isAbove = each.needs !== undefined && underTest.cannot?.includes(each.needs);
          it.skipIf((each.concurrent && !underTest.concurrent) || isAbove)(each.name, ({ skip }) => {
            const missing = each.capabilities?.filter((name) => !store[name]) ?? [];
            skip(missing.length > 0, `the store has no ${missing.join(', ')}`);
            return run(each);
          });
        }
      });
    }
  });
}
