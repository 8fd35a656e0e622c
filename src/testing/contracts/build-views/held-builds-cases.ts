import { expect } from 'vitest';
import { completedDecision } from '../../decision-builders.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** How many builds are in the hands of workers. */
export const heldBuildsCases: readonly StorageCase[] = [
  {
    name: 'builds are counted as held while their lease is live',
    run: async (store) => {
      const [ends, held, lost] = (await given.builds(store, ['ends', 'held', 'lost', 'waits'])).map(
        then.present,
      );
      expect(await capabilityOf(store, 'buildViews').countHeld()).toBe(0);
      const claimed = await when.claim(store, then.present(ends));
      await when.claim(store, then.present(held));
      await when.claim(store, then.present(lost), when.SHORT_MS);
      await when.timePasses(store);
      expect(await capabilityOf(store, 'buildViews').countHeld()).toBe(2);
      await when.save(store, completedDecision(claimed));
      expect(await capabilityOf(store, 'buildViews').countHeld()).toBe(1);
    },
  },
];
