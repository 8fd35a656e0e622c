import { expect } from 'vitest';
import type { ClaimedBuild } from '../../../core/build/facts.js';
import { completedDecision, deferredDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** A lease is held under its fence, and by nobody else. */
export const leaseCases: readonly StorageCase[] = [
  {
    name: 'a lease that is extended lasts longer than it would have',
    run: async (store) => {
      const build = await given.build(store);
      let leaseMs = 4 * when.SHORT_MS;
      // A lease that was over before it could be extended, on a slow machine, is claimed again for longer.
      while (!(await extend(store, await when.claim(store, build, leaseMs)))) leaseMs *= 4;
      await store.passTime(leaseMs + when.SHORT_MS);
      expect(await when.tryClaim(store, build)).toBeNull();
    },
  },
  {
    name: 'a lease that ran out, was taken by another claim or given up by a decision is not extended',
    run: async (store) => {
      const build = await given.build(store);
      const first = await when.claim(store, build, when.SHORT_MS);
      await when.timePasses(store);
      expect(await extend(store, first), 'ran out').toBe(false);
      const second = await when.claim(store, build);
      expect(await extend(store, first), 'taken').toBe(false);
      expect(await extend(store, second), 'held').toBe(true);
      await when.save(store, deferredDecision(second));
      expect(await extend(store, second), 'given up').toBe(false);
      expect(await when.tryClaim(store, build), 'and nothing was leased by asking').not.toBeNull();
    },
  },
  {
    name: 'answers come in the order of the question',
    run: async (store) => {
      const leases = [];
      for (const name of ['a', 'b']) {
        const { tenantId, binding } = await when.claim(store, await given.build(store, { name }));
        leases.push({ tenantId, bindingId: binding.id, fence: binding.fence });
      }
      const [one, two] = leases;
      const asked = one && two ? [two, { ...two, fence: 1 }, one, { ...one, bindingId: given.NOBODY }] : [];
      const options = { leaseMs: when.LONG_MS };
      expect(await store.repository.extendLeases(asked, options)).toEqual([true, false, true, false]);
      expect(await store.repository.extendLeases([], options)).toEqual([]);
    },
  },
  {
    name: 'a holder whose build was claimed by another changes nothing any more',
    run: async (store) => {
      const build = await given.build(store);
      const first = await when.claim(store, build, when.SHORT_MS);
      await when.timePasses(store);
      const second = await when.claim(store, build);
      expect(await then.nothingChanges(store, () => when.save(store, completedDecision(first)))).toEqual([
        'stale',
      ]);
      expect(await when.save(store, completedDecision(second))).toEqual(['ok']);
    },
  },
  {
    name: 'a holder whose lease ran out may still decide while nobody else has claimed',
    run: async (store) => {
      const build = await given.build(store);
      const claimed = await when.claim(store, build, when.SHORT_MS);
      await when.timePasses(store);
      expect(await when.save(store, completedDecision(claimed))).toEqual(['ok']);
      expect((await then.build(store, build)).binding.status).toBe('active');
    },
  },
];

async function extend<Tx>(
  store: StorageHarness<Tx>,
  { tenantId, binding }: ClaimedBuild,
): Promise<boolean | undefined> {
  const lease = { tenantId, bindingId: binding.id, fence: binding.fence };
  const [held] = await store.repository.extendLeases([lease], { leaseMs: when.LONG_MS });
  return held;
}
