import { err } from 'neverthrow';
import { expect } from 'vitest';
import type { BuildReference } from '../../../ports/repository.js';
import { OTHER_TENANT, TENANT } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import {
  everyonesBreaker,
  openCircuitBreaker,
  SHUT,
  saveCircuitBreaker,
  versionOf,
} from '../support/circuit-breaker-steps.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  acceptAll,
  acceptNew,
  buildOf,
  commit,
  LONG_MS,
  outlast,
  present,
  received,
  SHORT_MS,
  tryClaim,
} from '../support/store-steps.js';

/** CircuitBreakers towards WRK are changed by one at a time, and let one build at a time through while they are open. */
export const circuitBreakerCases: readonly StorageCase[] = [
  {
    name: 'a breaker is added, changed and removed, each time under the version that was read',
    run: async (store) => {
      expect(await store.repository.loadCircuitBreakers([TENANT])).toEqual([]);
      expect(await saveCircuitBreaker(store, { from: null, to: 'a', failures: 2 })).toBe(true);
      expect(await everyonesBreaker(store)).toEqual({
        tenantId: null,
        version: versionOf('a'),
        failures: 2,
        open: null,
      });
      expect(await saveCircuitBreaker(store, { from: 'a', to: 'b', failures: 3, open: SHUT })).toBe(true);
      expect(await everyonesBreaker(store)).toEqual({
        tenantId: null,
        version: versionOf('b'),
        failures: 3,
        open: {
          reason: 'credentials_refused',
          probes: 0,
          openForMs: expect.any(Number),
          nextProbeInMs: expect.any(Number),
        },
      });
      expect(await saveCircuitBreaker(store, { from: 'b', to: 'c', failures: 1 }), 'closed again').toBe(true);
      expect(await everyonesBreaker(store)).toMatchObject({ version: versionOf('c'), open: null });
      expect(await saveCircuitBreaker(store, { from: 'c', to: null })).toBe(true);
      expect(await store.repository.loadCircuitBreakers([TENANT])).toEqual([]);
    },
  },
  {
    name: 'whoever looks at a build sees the circuitBreakers that keep it from being called',
    run: async (store) => {
      const { tenantId, bindingId } = await acceptNew(store);
      const lookAt = async () =>
        (await store.repository.findBuilds({ tenantId, bindingId, limit: 1 }))[0]?.circuitBreakers;
      expect(await lookAt()).toEqual([]);
      await openCircuitBreaker(store, { nextProbeInMs: LONG_MS });
      expect(await lookAt()).toMatchObject([{ tenantId: null, open: { reason: 'credentials_refused' } }]);
      expect((await buildOf(store, { tenantId, bindingId })).circuitBreakers).toMatchObject([
        { open: { probes: 0 } },
      ]);
    },
  },
  {
    name: 'what changes an open breaker leaves the time at which it open, and its detail unless there is another',
    run: async (store) => {
      await openCircuitBreaker(store, { nextProbeInMs: 0 });
      await outlast(store);
      const tried = { ...SHUT, detail: null, probes: 1 };
      expect(await saveCircuitBreaker(store, { from: 'open', to: 'tried', open: tried })).toBe(true);
      const [breaker] = await store.repository.loadOpenCircuitBreakers(10);
      expect(breaker).toMatchObject({ probes: 1, detail: SHUT.detail });
      expect(breaker?.openForMs).toBeGreaterThanOrEqual(SHORT_MS);
      expect(breaker?.nextProbeInMs).toBeGreaterThan(0);
      const again = { ...SHUT, detail: 'WRK answered 503', reason: 'consecutive_failures' as const };
      expect(await saveCircuitBreaker(store, { from: 'tried', to: 'again', open: again })).toBe(true);
      expect(await store.repository.loadOpenCircuitBreakers(10)).toMatchObject([
        { reason: 'consecutive_failures', detail: 'WRK answered 503' },
      ]);
    },
  },
  {
    name: 'a change that was made on another version changes nothing',
    run: async (store) => {
      await saveCircuitBreaker(store, { from: null, to: 'a', failures: 1 });
      const before = await everyonesBreaker(store);
      expect(await saveCircuitBreaker(store, { from: null, to: 'b' }), 'added').toBe(false);
      expect(await saveCircuitBreaker(store, { from: 'old', to: 'b' }), 'changed').toBe(false);
      expect(await saveCircuitBreaker(store, { from: 'old', to: null }), 'removed').toBe(false);
      expect(await everyonesBreaker(store)).toEqual(before);
      expect(await saveCircuitBreaker(store, { tenantId: TENANT, from: 'a', to: 'b' }), 'never there').toBe(
        false,
      );
      expect(
        await saveCircuitBreaker(store, { tenantId: TENANT, from: 'a', to: null }),
        'nothing to remove',
      ).toBe(false);
      expect(await store.repository.loadCircuitBreakers([TENANT])).toEqual([before]);
    },
  },
  {
    name: 'of changes that are made at once on the same version exactly one is written',
    concurrent: true,
    run: async (store) => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      const added = await Promise.all(names.map((to) => saveCircuitBreaker(store, { from: null, to })));
      expect(added.filter(Boolean)).toHaveLength(1);
      const first = names.find((_, n) => added[n]) ?? '';
      const rivals = [...names.map((name) => `${name} again`), null];
      const changed = await Promise.all(rivals.map((to) => saveCircuitBreaker(store, { from: first, to })));
      expect(changed.filter(Boolean)).toHaveLength(1);
      const winner = rivals[changed.indexOf(true)] ?? null;
      expect((await everyonesBreaker(store))?.version).toBe(winner === null ? undefined : versionOf(winner));
    },
  },
  {
    name: 'a change whose transaction rolls back is gone',
    run: async (store) => {
      const change = {
        tenantId: null,
        version: null,
        next: { failures: 1, open: null, version: versionOf('a') },
      };
      await store.repository.transaction(async (tx) => {
        expect(await store.repository.saveCircuitBreaker(tx, change)).toBe(true);
        return err('no');
      });
      expect(await everyonesBreaker(store)).toBeUndefined();
    },
  },
  {
    name: 'open circuitBreakers are listed, everyone’s first, and no more than asked for',
    run: async (store) => {
      await openCircuitBreaker(store, { tenantId: TENANT, nextProbeInMs: LONG_MS });
      await outlast(store);
      await openCircuitBreaker(store, { tenantId: OTHER_TENANT, nextProbeInMs: 0 });
      await saveCircuitBreaker(store, { from: null, to: 'counting', failures: 4 });
      const listed = async (limit: number) =>
        (await store.repository.loadOpenCircuitBreakers(limit)).map(({ tenantId }) => tenantId);
      expect(await listed(10)).toEqual([TENANT, OTHER_TENANT]);
      await saveCircuitBreaker(store, { from: 'counting', to: 'open', open: SHUT });
      expect(await listed(10)).toEqual([null, TENANT, OTHER_TENANT]);
      expect(await listed(2)).toEqual([null, TENANT]);
    },
  },
  {
    name: 'a build’s facts show everyone’s breaker and its own tenant’s, and never another’s',
    run: async (store) => {
      const ours = await acceptNew(store);
      const theirs = await acceptNew(store, { tenantId: OTHER_TENANT });
      await saveCircuitBreaker(store, { from: null, to: 'counting', failures: 4 });
      await saveCircuitBreaker(store, { tenantId: TENANT, from: null, to: 'ours', failures: 1 });
      const breakersOf = async (build: BuildReference) =>
        (await buildOf(store, build)).circuitBreakers.map(({ tenantId, failures }) => [tenantId, failures]);
      expect(await breakersOf(ours)).toEqual([
        [null, 4],
        [TENANT, 1],
      ]);
      expect(await breakersOf(theirs)).toEqual([[null, 4]]);
      expect(
        (await store.repository.loadCircuitBreakers([OTHER_TENANT])).map(({ tenantId }) => tenantId),
      ).toEqual([null]);
      const claimed = received(await tryClaim(store, ours));
      expect(claimed.circuitBreakers.map(({ tenantId }) => tenantId)).toEqual([null, TENANT]);
    },
  },
  {
    name: 'a breaker that is closed, and only counts, keeps nothing back',
    run: async (store) => {
      const builds = await acceptAll(store, ['a', 'b']);
      await saveCircuitBreaker(store, { from: null, to: 'counting', failures: 4 });
      expect(await ask(store, builds)).toEqual(['claimed', 'claimed']);
    },
  },
  {
    name: 'everyone’s open breaker keeps all builds back until it may be tried, and then all but one',
    run: async (store) => {
      const ours = await acceptAll(store, ['a', 'b']);
      const builds = [...ours, await acceptNew(store, { tenantId: OTHER_TENANT })];
      await openCircuitBreaker(store, { nextProbeInMs: LONG_MS });
      expect(await ask(store, builds)).toEqual(['over_limit', 'over_limit', 'over_limit']);
      expect(await buildOf(store, present(ours[0]))).toMatchObject({ binding: { fence: 1 }, calls: [] });

      await saveCircuitBreaker(store, { from: 'open', to: 'due', open: { ...SHUT, nextProbeInMs: 0 } });
      expect(await ask(store, builds)).toEqual(['claimed', 'over_limit', 'over_limit']);
      expect(await ask(store, builds), 'one is under way').toEqual([null, 'over_limit', 'over_limit']);
      expect(await everyonesBreaker(store)).toMatchObject({ version: versionOf('due'), open: { probes: 0 } });

      await saveCircuitBreaker(store, { from: 'due', to: null });
      expect(await ask(store, builds)).toEqual([null, 'claimed', 'claimed']);
    },
  },
  {
    name: 'a tenant’s open breaker keeps that tenant’s builds back, all but one when it may be tried',
    run: async (store) => {
      const ours = await acceptAll(store, ['a', 'b']);
      const theirs = await acceptNew(store, { tenantId: OTHER_TENANT });
      await openCircuitBreaker(store, { tenantId: TENANT, nextProbeInMs: LONG_MS });
      expect(await ask(store, [...ours, theirs])).toEqual(['over_limit', 'over_limit', 'claimed']);
      const due = { ...SHUT, nextProbeInMs: 0 };
      await saveCircuitBreaker(store, { tenantId: TENANT, from: 'open', to: 'due', open: due });
      expect(await ask(store, ours)).toEqual(['claimed', 'over_limit']);
    },
  },
  {
    name: 'a build that two open circuitBreakers keep back waits for both',
    run: async (store) => {
      const build = await acceptNew(store);
      const theirs = await acceptNew(store, { tenantId: OTHER_TENANT });
      await openCircuitBreaker(store, { tenantId: TENANT, nextProbeInMs: LONG_MS });
      await openCircuitBreaker(store, { nextProbeInMs: 0 });
      expect(await ask(store, [build, theirs])).toEqual(['over_limit', 'claimed']);
    },
  },
  {
    name: 'the facts of a build that is let through show the breaker open, under the version that it tries',
    run: async (store) => {
      const build = await acceptNew(store);
      await openCircuitBreaker(store, { nextProbeInMs: 0 });
      expect((await tryClaim(store, build))?.circuitBreakers).toMatchObject([
        { tenantId: null, version: versionOf('open'), open: { reason: SHUT.reason, nextProbeInMs: 0 } },
      ]);
    },
  },
  {
    name: 'a build that was let through and never reported is followed by another when its lease would have ended',
    run: async (store) => {
      const builds = await acceptAll(store, ['a', 'b']);
      await openCircuitBreaker(store, { nextProbeInMs: 0 });
      expect(await ask(store, builds, SHORT_MS)).toEqual(['claimed', 'over_limit']);
      await outlast(store);
      expect(await ask(store, builds.toReversed())).toEqual(['claimed', 'over_limit']);
    },
  },
  {
    name: 'of claims of one moment one lets a build through',
    concurrent: true,
    run: async (store) => {
      const builds = await acceptAll(store, ['a', 'b', 'c', 'd', 'e', 'f']);
      await openCircuitBreaker(store, { nextProbeInMs: 0 });
      const answers = await Promise.all(builds.map((build) => ask(store, [build])));
      expect(answers.flat().filter((answer) => answer === 'claimed')).toHaveLength(1);
    },
  },
  {
    name: 'an open breaker that somebody is just changing lets nobody through, and no claim waits for it',
    concurrent: true,
    run: async (store) => {
      const builds = await acceptAll(store, ['a', 'b']);
      await openCircuitBreaker(store, { nextProbeInMs: 0 });
      await commit(store, async (tx) => {
        const change = { tenantId: null, version: versionOf('open'), next: null };
        expect(await store.repository.saveCircuitBreaker(tx, change)).toBe(true);
        expect(await ask(store, builds)).toEqual(['over_limit', 'over_limit']);
      });
      expect(await ask(store, builds)).toEqual(['claimed', 'claimed']);
    },
  },
  {
    name: 'a build that is not to be had is not the one that tries',
    run: async (store) => {
      const [held, free] = (await acceptAll(store, ['a', 'b'])).map(present);
      expect(await ask(store, [present(held)])).toEqual(['claimed']);
      await openCircuitBreaker(store, { nextProbeInMs: 0 });
      expect(await ask(store, [present(held)])).toEqual([null]);
      expect(await ask(store, [present(held), present(free)])).toEqual([null, 'claimed']);
    },
  },
];

async function ask<Tx>(store: StorageHarness<Tx>, builds: readonly BuildReference[], leaseMs = LONG_MS) {
  const answers = await store.repository.claim(builds, { leaseMs });
  return answers.map((answer) => (answer === null || answer === 'over_limit' ? answer : 'claimed'));
}
