import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import type { Capabilities } from '../../../ports/capabilities.js';
import type { HostLimit, QueueHarness, StorageHarness, UnderTest } from '../../storage-harness.js';

/** One thing that a store must do, on a store that is empty when it begins. */
interface ContractCase<Run> {
  readonly name: string;
  /** Needs transactions side by side; skipped, by name, where the store has none. */
  readonly concurrent?: true;
  /** Needs a host that can do this; skipped, by name, where it cannot. */
  readonly needs?: HostLimit;
  /** What a store needs for it besides what the contract is about; skipped, by name, where it does not have it. */
  readonly capabilities?: readonly (keyof Capabilities<never>)[];
  readonly run: Run;
}

/** A case that needs a whole storage. */
export type StorageCase = ContractCase<<Tx>(store: StorageHarness<Tx>) => Promise<void>>;

/** A case that needs no more than a queue. */
export type QueueCase = ContractCase<<Tx>(store: QueueHarness<Tx>) => Promise<void>>;

/** Cases about one idea. */
export interface CaseGroup<Harness> {
  readonly name: string;
  readonly cases: readonly ContractCase<(store: Harness) => Promise<void>>[];
}

/** Registers every case of a contract, on one store that is cleared before each. The title counts them. */
export function describeContract<
  Harness extends Pick<StorageHarness<never>, 'clear' | 'close'> & {
    readonly [Name in keyof Capabilities<never>]?: unknown;
  },
>(contract: string, underTest: UnderTest<Harness>, groups: readonly CaseGroup<NoInfer<Harness>>[]): void {
  const cases = groups.flatMap((group) => group.cases);
  const concurrent = cases.filter((each) => each.concurrent).length;
  const title = `${underTest.name} keeps the ${contract} contract: ${cases.length} cases`;

  describe(concurrent === 0 ? title : `${title}, ${concurrent} of them on transactions side by side`, () => {
    let store: Harness;
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

    const run = async (each: ContractCase<(store: Harness) => Promise<void>>) => {
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
