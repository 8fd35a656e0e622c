import { err } from 'neverthrow';
import { expect } from 'vitest';
import type { BuildReference } from '../../../ports/repository.js';
import { OTHER_TENANT, TENANT } from '../../builders.js';
import { capabilityOf } from '../support/capability-of.js';
import {
  everyonesBreaker,
  openCircuitBreaker,
  SHUT,
  saveCircuitBreaker,
  versionOf,
} from '../support/circuit-breaker-steps.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  acceptNew,
  buildOf,
  LONG_MS,
  outlast,
  received,
  SHORT_MS,
  tryClaim,
} from '../support/store-steps.js';

/** Circuit breakers towards WRK are changed by one at a time, and shown with the builds that they concern. */
export const circuitBreakerCases: readonly StorageCase[] = [
  {
    name: 'a breaker is added, changed and removed, each time under the version that was read',
    run: async (store) => {
      expect(await capabilityOf(store, 'circuitBreakers').load([TENANT])).toEqual([]);
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
      expect(await capabilityOf(store, 'circuitBreakers').load([TENANT])).toEqual([]);
    },
  },
  {
    name: 'whoever looks at a build sees the circuitBreakers that keep it from being called',
    capabilities: ['buildViews'],
    run: async (store) => {
      const { tenantId, bindingId } = await acceptNew(store);
      const lookAt = async () =>
        (await capabilityOf(store, 'buildViews').findBuilds({ tenantId, bindingId, limit: 1 }))[0]
          ?.circuitBreakers;
      expect(await lookAt()).toEqual([]);
      await openCircuitBreaker(store, { nextProbeInMs: LONG_MS });
      expect(await lookAt()).toMatchObject([{ tenantId: null, open: { reason: 'credentials_refused' } }]);
      expect((await buildOf(store, { tenantId, bindingId })).circuitBreakers).toMatchObject([
        { open: { probes: 0 } },
      ]);
    },
  },
  {
    name: 'what changes an open breaker leaves the time at which it opened, and its detail unless there is another',
    run: async (store) => {
      await openCircuitBreaker(store, { nextProbeInMs: 0 });
      await outlast(store);
      const tried = { ...SHUT, detail: null, probes: 1 };
      expect(await saveCircuitBreaker(store, { from: 'open', to: 'tried', open: tried })).toBe(true);
      const [breaker] = await capabilityOf(store, 'circuitBreakers').loadOpen(10);
      expect(breaker).toMatchObject({ probes: 1, detail: SHUT.detail });
      expect(breaker?.openForMs).toBeGreaterThanOrEqual(SHORT_MS);
      expect(breaker?.nextProbeInMs).toBeGreaterThan(0);
      const again = { ...SHUT, detail: 'WRK answered 503', reason: 'consecutive_failures' as const };
      expect(await saveCircuitBreaker(store, { from: 'tried', to: 'again', open: again })).toBe(true);
      expect(await capabilityOf(store, 'circuitBreakers').loadOpen(10)).toMatchObject([
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
      expect(await capabilityOf(store, 'circuitBreakers').load([TENANT])).toEqual([before]);
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
        expect(await capabilityOf(store, 'circuitBreakers').save(tx, change)).toBe(true);
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
        (await capabilityOf(store, 'circuitBreakers').loadOpen(limit)).map(({ tenantId }) => tenantId);
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
        (await capabilityOf(store, 'circuitBreakers').load([OTHER_TENANT])).map(({ tenantId }) => tenantId),
      ).toEqual([null]);
      const claimed = received(await tryClaim(store, ours));
      expect(claimed.circuitBreakers.map(({ tenantId }) => tenantId)).toEqual([null, TENANT]);
    },
  },
];
