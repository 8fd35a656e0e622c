import { expect } from 'vitest';
import type { ClaimedBuild } from '../../../core/build/facts.js';
import { completedDecision, deferredDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  acceptNew,
  buildOf,
  changingNothing,
  claim,
  LONG_MS,
  NOBODY,
  outlast,
  SHORT_MS,
  save,
  tryClaim,
} from '../support/store-steps.js';

/** A lease is held under its fence, and by nobody else. */
export const leaseCases: readonly StorageCase[] = [
  {
    name: 'a lease that is extended lasts longer than it would have',
    run: async (store) => {
      const build = await acceptNew(store);
      let leaseMs = 4 * SHORT_MS;
      // A lease that was over before it could be extended, on a slow machine, is claimed again for longer.
      while (!(await extend(store, await claim(store, build, leaseMs)))) leaseMs *= 4;
      await store.passTime(leaseMs + SHORT_MS);
      expect(await tryClaim(store, build)).toBeNull();
    },
  },
  {
    name: 'a lease that ran out, was taken by another claim or given up by a decision is not extended',
    run: async (store) => {
      const build = await acceptNew(store);
      const first = await claim(store, build, SHORT_MS);
      await outlast(store);
      expect(await extend(store, first), 'ran out').toBe(false);
      const second = await claim(store, build);
      expect(await extend(store, first), 'taken').toBe(false);
      expect(await extend(store, second), 'held').toBe(true);
      await save(store, deferredDecision(second));
      expect(await extend(store, second), 'given up').toBe(false);
      expect(await tryClaim(store, build), 'and nothing was leased by asking').not.toBeNull();
    },
  },
  {
    name: 'answers come in the order of the question',
    run: async (store) => {
      const leases = [];
      for (const name of ['a', 'b']) {
        const { tenantId, binding } = await claim(store, await acceptNew(store, { name }));
        leases.push({ tenantId, bindingId: binding.id, fence: binding.fence });
      }
      const [one, two] = leases;
      const asked = one && two ? [two, { ...two, fence: 1 }, one, { ...one, bindingId: NOBODY }] : [];
      const options = { leaseMs: LONG_MS };
      expect(await store.repository.extendLeases(asked, options)).toEqual([true, false, true, false]);
      expect(await store.repository.extendLeases([], options)).toEqual([]);
    },
  },
  {
    name: 'a holder whose build was claimed by another changes nothing any more',
    run: async (store) => {
      const build = await acceptNew(store);
      const first = await claim(store, build, SHORT_MS);
      await outlast(store);
      const second = await claim(store, build);
      expect(await changingNothing(store, () => save(store, completedDecision(first)))).toEqual(['stale']);
      expect(await save(store, completedDecision(second))).toEqual(['ok']);
    },
  },
  {
    name: 'a holder whose lease ran out may still decide while nobody else has claimed',
    run: async (store) => {
      const build = await acceptNew(store);
      const claimed = await claim(store, build, SHORT_MS);
      await outlast(store);
      expect(await save(store, completedDecision(claimed))).toEqual(['ok']);
      expect((await buildOf(store, build)).binding.status).toBe('active');
    },
  },
];

async function extend<Tx>(
  store: StorageHarness<Tx>,
  { tenantId, binding }: ClaimedBuild,
): Promise<boolean | undefined> {
  const lease = { tenantId, bindingId: binding.id, fence: binding.fence };
  const [held] = await store.repository.extendLeases([lease], { leaseMs: LONG_MS });
  return held;
}
