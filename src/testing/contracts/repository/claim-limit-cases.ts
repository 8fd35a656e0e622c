import { expect } from 'vitest';
import { type ClaimLimits, NO_LIMITS } from '../../../ports/claim-limits.js';
import type { BuildReference } from '../../../ports/repository.js';
import { OTHER_TENANT } from '../../builders.js';
import { failedDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** A claim by ids keeps to the limits, and says which builds it kept back for their sake. */
export const claimLimitCases: readonly StorageCase[] = [
  {
    name: 'builds that all tenants, or one, may not hold now are kept back and left as they are',
    run: async (store) => {
      const ours = await given.builds(store, ['a', 'b', 'c']);
      const theirs = await given.build(store, { name: 'd', tenantId: OTHER_TENANT });
      const perTenant = { ...NO_LIMITS, concurrency: { global: null, perTenant: 2 } };
      const answers = await ask(store, [...ours, theirs], perTenant);
      expect(answers).toEqual(['claimed', 'claimed', 'over_limit', 'claimed']);
      expect(await then.build(store, then.present(ours[2]))).toMatchObject({
        binding: { fence: 1 },
        calls: [],
      });

      const global = { ...NO_LIMITS, concurrency: { global: 3, perTenant: null } };
      expect(await ask(store, ours, global)).toEqual([null, null, 'over_limit']);
      expect(await ask(store, ours, NO_LIMITS)).toEqual([null, null, 'claimed']);
    },
  },
  {
    name: 'a build that is not claimable uses up no capacity, and is not said to be kept back',
    run: async (store) => {
      const [ended, open] = (await given.builds(store, ['ended', 'open'])).map(then.present);
      await when.save(store, failedDecision(await when.claim(store, then.present(ended))));
      const asked = [then.present(ended), then.present(open)];
      const oneEach = {
        concurrency: { global: 1, perTenant: 1 },
        callsPerSecond: { global: 1, perTenant: 1 },
      };
      expect(await ask(store, asked, oneEach)).toEqual([null, 'claimed']);
    },
  },
  {
    name: 'claims of one moment keep to the rates of all tenants and of each',
    run: async (store) => {
      const builds = await given.builds(store, ['a', 'b', 'c', 'd']);
      for (const callsPerSecond of [
        { global: 1e-6, perTenant: null },
        { global: null, perTenant: 1e-6 },
      ]) {
        const limits = { ...NO_LIMITS, callsPerSecond };
        const answers = await Promise.all(builds.map((build) => ask(store, [build], limits)));
        const claimed = answers.flat().filter((answer) => answer === 'claimed');
        // Those of one moment may leave the tenant's bucket to each other; it is there for the next.
        const next = await ask(store, builds, limits);
        expect(claimed.length + next.filter((answer) => answer === 'claimed').length).toBe(1);
      }
    },
  },
];

async function ask<Tx>(store: StorageHarness<Tx>, builds: readonly BuildReference[], limits: ClaimLimits) {
  const answers = await store.repository.claimBuilds(builds, { leaseMs: when.LONG_MS, limits });
  return answers.map((answer) => (answer === null || answer === 'over_limit' ? answer : 'claimed'));
}
