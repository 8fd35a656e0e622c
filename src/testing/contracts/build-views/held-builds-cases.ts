import { expect } from 'vitest';
import { completedDecision } from '../../decision-builders.js';
import { capabilityOf } from '../support/capability-of.js';
import type { StorageCase } from '../support/storage-case.js';
import { acceptAll, claim, outlast, present, SHORT_MS, save } from '../support/store-steps.js';

/** How many builds are in the hands of workers. */
export const heldBuildsCases: readonly StorageCase[] = [
  {
    name: 'builds are counted as held while their lease is live',
    run: async (store) => {
      const [ends, held, lost] = (await acceptAll(store, ['ends', 'held', 'lost', 'waits'])).map(present);
      expect(await capabilityOf(store, 'buildViews').countHeld()).toBe(0);
      const claimed = await claim(store, present(ends));
      await claim(store, present(held));
      await claim(store, present(lost), SHORT_MS);
      await outlast(store);
      expect(await capabilityOf(store, 'buildViews').countHeld()).toBe(2);
      await save(store, completedDecision(claimed));
      expect(await capabilityOf(store, 'buildViews').countHeld()).toBe(1);
    },
  },
];
