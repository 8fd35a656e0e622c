import { expect } from 'vitest';
import type { BindingState } from '../../../core/build/decision.js';
import type { BuildReference } from '../../../ports/repository.js';
import { completedDecision, deferredDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as when from '../support/when.js';

/** What the follow-up finds: builds that have ended without knowing what all of their calls came to. */
export const unresolvedCases: readonly StorageCase[] = [
  {
    name: 'a build is unresolved once its follow-up is due, and never if it asks for none',
    run: async (store) => {
      const due = await ended(store, 'due', 0);
      await ended(store, 'later', when.LONG_MS);
      await ended(store, 'resolved', null);
      expect(await take(store)).toEqual([{ ...due, followUps: 1 }]);
    },
  },
  {
    name: 'a build that was taken is nobody else’s until its time is over, and counts how often it was',
    run: async (store) => {
      const build = await ended(store, 'one', 0);
      expect(await take(store, { leaseMs: when.SHORT_MS })).toHaveLength(1);
      expect(await take(store)).toEqual([]);
      await when.timePasses(store);
      expect(await take(store)).toEqual([{ ...build, followUps: 2 }]);
    },
  },
  {
    name: 'a build is followed up again when it was said, or no more',
    run: async (store) => {
      const build = { ...(await ended(store, 'one', 0)), followUps: 1 };
      await take(store);
      await sweepOf(store).followUpAgain(build, 0);
      expect(await take(store)).toEqual([{ ...build, followUps: 2 }]);
      await sweepOf(store).followUpAgain({ ...build, followUps: 2 }, null);
      await when.timePasses(store);
      expect(await take(store)).toEqual([]);
    },
  },
  {
    name: 'what somebody else took since, or another tenant names, is not theirs to settle',
    run: async (store) => {
      const build = { ...(await ended(store, 'one', 0)), followUps: 1 };
      await take(store, { leaseMs: when.SHORT_MS });
      await when.timePasses(store);
      await take(store, { leaseMs: when.SHORT_MS });
      await sweepOf(store).followUpAgain(build, null);
      await sweepOf(store).followUpAgain({ ...build, followUps: 2, tenantId: given.NOBODY }, null);
      await when.timePasses(store);
      expect(await take(store)).toEqual([{ ...build, followUps: 3 }]);
    },
  },
  {
    name: 'a build that goes on is followed up no more, and counts from the start when it ends again',
    run: async (store) => {
      const claimed = await when.claim(store, await given.build(store, { name: 'one' }));
      const deferred = deferredDecision(claimed);
      await when.save(store, { ...deferred, binding: following(deferred.binding, 0) });
      await take(store);
      const again = await when.claim(store, referenceOf(claimed));
      const completed = completedDecision(again);
      await when.save(store, { ...completed, binding: following(completed.binding, 0) });
      await sweepOf(store).followUpAgain({ ...referenceOf(claimed), followUps: 1 }, null);
      expect(await take(store)).toEqual([{ ...referenceOf(claimed), followUps: 1 }]);
    },
  },
  {
    name: 'those that are due longest come first, no more than asked for',
    run: async (store) => {
      const [first, second] = [await ended(store, 'b', 0), await ended(store, 'a', 5)];
      await when.timePasses(store);
      expect(await take(store, { limit: 1 })).toMatchObject([first]);
      expect(await take(store, { limit: 1 })).toMatchObject([second]);
    },
  },
  {
    name: 'two that take at the same time get different builds',
    concurrent: true,
    run: async (store) => {
      for (const name of ['a', 'b', 'c', 'd']) await ended(store, name, 0);
      const taken = await Promise.all([take(store, { limit: 2 }), take(store, { limit: 2 })]);
      const ids = taken.flat().map(({ bindingId }) => bindingId);
      expect(new Set(ids).size).toBe(ids.length);
      const rest = await take(store);
      expect(ids.length + rest.length).toBe(4);
    },
  },
];

const sweepOf = <Tx>(store: StorageHarness<Tx>) => capabilityOf(store, 'sweep');

const take = <Tx>(store: StorageHarness<Tx>, { limit = 10, leaseMs = when.LONG_MS } = {}) =>
  sweepOf(store).takeUnresolved({ limit, leaseMs });

const following = (binding: BindingState | null, followUpInMs: number | null) =>
  binding && { ...binding, followUpInMs };

const referenceOf = ({
  tenantId,
  binding,
}: {
  tenantId: string;
  binding: { id: string };
}): BuildReference => ({
  tenantId,
  bindingId: binding.id,
});

/** A build that is complete and is to be followed up in so many milliseconds. */
async function ended<Tx>(
  store: StorageHarness<Tx>,
  name: string,
  followUpInMs: number | null,
): Promise<BuildReference> {
  const claimed = await when.claim(store, await given.build(store, { name }));
  const completed = completedDecision(claimed);
  await when.save(store, { ...completed, binding: following(completed.binding, followUpInMs) });
  return referenceOf(claimed);
}
