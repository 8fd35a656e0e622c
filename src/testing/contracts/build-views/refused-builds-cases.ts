import { expect } from 'vitest';
import { failedDecision } from '../../decision-builders.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as when from '../support/when.js';

/** How many builds ended because their outcome was refused. */
export const refusedBuildsCases: readonly StorageCase[] = [
  {
    name: 'builds whose outcome was refused are counted, with the detail of the newest, and others are not',
    run: async (store) => {
      const refused = () => capabilityOf(store, 'buildViews').countRefused();
      expect(await refused()).toEqual({ count: 0, newest: null });
      const builds = await given.builds(store, ['rejected', 'older', 'newer']);
      for (const [index, build] of builds.entries()) {
        const failed = failedDecision(await when.claim(store, build));
        const errorDetails = { detail: `refusal ${index}` };
        const binding = failed.binding && { ...failed.binding, errorReason: 'outcome_refused', errorDetails };
        expect(await when.save(store, index === 0 ? failed : { ...failed, binding })).toEqual(['ok']);
        await when.timePasses(store);
      }
      expect(await refused()).toEqual({ count: 2, newest: 'refusal 2' });
    },
  },
];
