import { err } from 'neverthrow';
import { expect } from 'vitest';
import type { BuildReference } from '../../../ports/repository.js';
import { OTHER_TENANT, TENANT } from '../../builders.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Circuit breakers towards WRK are changed by one at a time, and shown with the builds that they concern. */
export const circuitBreakerCases: readonly StorageCase[] = [
  {
    name: 'a breaker is added, changed and removed, each time under the version that was read',
    run: async (store) => {
      expect(await capabilityOf(store, 'circuitBreakers').load([TENANT])).toEqual([]);
      expect(await when.saveCircuitBreaker(store, { from: null, to: 'a', failures: 2 })).toBe(true);
      expect(await then.everyonesBreaker(store)).toEqual({
        tenantId: null,
        version: when.breakerVersion('a'),
        failures: 2,
        failuresOfAny: 2,
        failingTenantIds: [],
        told: null,
        open: null,
      });
      expect(
        await when.saveCircuitBreaker(store, { from: 'a', to: 'b', failures: 3, open: given.OPEN }),
      ).toBe(true);
      expect(await then.everyonesBreaker(store)).toEqual({
        tenantId: null,
        version: when.breakerVersion('b'),
        failures: 3,
        failuresOfAny: 3,
        failingTenantIds: [],
        told: null,
        open: {
          reason: 'credentials_refused',
          probes: 0,
          openForMs: expect.any(Number),
          nextProbeInMs: expect.any(Number),
        },
      });
      expect(await when.saveCircuitBreaker(store, { from: 'b', to: 'c', failures: 1 }), 'closed again').toBe(
        true,
      );
      expect(await then.everyonesBreaker(store)).toMatchObject({
        version: when.breakerVersion('c'),
        open: null,
      });
      expect(await when.saveCircuitBreaker(store, { from: 'c', to: null })).toBe(true);
      expect(await capabilityOf(store, 'circuitBreakers').load([TENANT])).toEqual([]);
    },
  },
  {
    name: 'whoever looks at a build sees the circuitBreakers that keep it from being called',
    capabilities: ['buildViews'],
    run: async (store) => {
      const { tenantId, bindingId } = await given.build(store);
      const lookAt = async () =>
        (await capabilityOf(store, 'buildViews').findBuilds({ tenantId, bindingId, limit: 1 }))[0]
          ?.circuitBreakers;
      expect(await lookAt()).toEqual([]);
      await given.openCircuitBreaker(store, { nextProbeInMs: when.LONG_MS });
      expect(await lookAt()).toMatchObject([{ tenantId: null, open: { reason: 'credentials_refused' } }]);
      expect((await then.build(store, { tenantId, bindingId })).circuitBreakers).toMatchObject([
        { open: { probes: 0 } },
      ]);
    },
  },
  {
    name: 'what changes an open breaker leaves the time at which it opened, and its detail unless there is another',
    run: async (store) => {
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      await when.timePasses(store);
      const tried = { ...given.OPEN, detail: null, probes: 1 };
      expect(await when.saveCircuitBreaker(store, { from: 'open', to: 'tried', open: tried })).toBe(true);
      const [breaker] = await capabilityOf(store, 'circuitBreakers').loadOpen(10);
      expect(breaker).toMatchObject({ probes: 1, detail: given.OPEN.detail });
      expect(breaker?.openForMs).toBeGreaterThanOrEqual(when.SHORT_MS);
      expect(breaker?.nextProbeInMs).toBeGreaterThan(0);
      const again = { ...given.OPEN, detail: 'WRK answered 503', reason: 'consecutive_failures' as const };
      expect(await when.saveCircuitBreaker(store, { from: 'tried', to: 'again', open: again })).toBe(true);
      expect(await capabilityOf(store, 'circuitBreakers').loadOpen(10)).toMatchObject([
        { reason: 'consecutive_failures', detail: 'WRK answered 503' },
      ]);
    },
  },
  {
    name: 'a change that was made on another version changes nothing',
    run: async (store) => {
      await when.saveCircuitBreaker(store, { from: null, to: 'a', failures: 1 });
      const before = await then.everyonesBreaker(store);
      expect(await when.saveCircuitBreaker(store, { from: null, to: 'b' }), 'added').toBe(false);
      expect(await when.saveCircuitBreaker(store, { from: 'old', to: 'b' }), 'changed').toBe(false);
      expect(await when.saveCircuitBreaker(store, { from: 'old', to: null }), 'removed').toBe(false);
      expect(await then.everyonesBreaker(store)).toEqual(before);
      expect(
        await when.saveCircuitBreaker(store, { tenantId: TENANT, from: 'a', to: 'b' }),
        'never there',
      ).toBe(false);
      expect(
        await when.saveCircuitBreaker(store, { tenantId: TENANT, from: 'a', to: null }),
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
      const added = await Promise.all(names.map((to) => when.saveCircuitBreaker(store, { from: null, to })));
      expect(added.filter(Boolean)).toHaveLength(1);
      const first = names.find((_, n) => added[n]) ?? '';
      const rivals = [...names.map((name) => `${name} again`), null];
      const changed = await Promise.all(
        rivals.map((to) => when.saveCircuitBreaker(store, { from: first, to })),
      );
      expect(changed.filter(Boolean)).toHaveLength(1);
      const winner = rivals[changed.indexOf(true)] ?? null;
      expect((await then.everyonesBreaker(store))?.version).toBe(
        winner === null ? undefined : when.breakerVersion(winner),
      );
    },
  },
  {
    name: 'a change whose transaction rolls back is gone',
    run: async (store) => {
      await store.repository.transaction(async (tx) => {
        const change = when.circuitBreakerChange({ from: null, to: 'a' });
        expect(await capabilityOf(store, 'circuitBreakers').save(tx, change)).toBe(true);
        return err('no');
      });
      expect(await then.everyonesBreaker(store)).toBeUndefined();
    },
  },
  {
    name: 'B7 it remembers whose builds failed and when ops were told, and a build is shown neither',
    run: async (store) => {
      const build = await given.build(store);
      const counted = { failures: 3, failuresOfAny: 1, failingTenantIds: [TENANT, OTHER_TENANT] };
      const open = { ...given.OPEN, reason: 'consecutive_failures' as const };
      await when.saveCircuitBreaker(store, { from: null, to: 'open', ...counted, open, tells: open.reason });
      const told = { reason: 'consecutive_failures', msAgo: expect.any(Number) };
      const stored = await then.everyonesBreaker(store);
      expect(stored).toMatchObject({ ...counted, told });
      expect(stored?.told?.msAgo, 'told when it opened').toBe(stored?.open?.openForMs);
      const [shown] = (await then.build(store, build)).circuitBreakers;
      expect(Object.keys(then.present(shown)).toSorted()).toEqual([
        'failures',
        'open',
        'tenantId',
        'version',
      ]);

      await when.timePasses(store);
      await when.saveCircuitBreaker(store, { from: 'open', to: 'closed', failures: 0 });
      const closed = await then.everyonesBreaker(store);
      expect(closed).toMatchObject({ failures: 0, failingTenantIds: [], open: null, told });
      expect(closed?.told?.msAgo, 'and not again since').toBeGreaterThanOrEqual(when.SHORT_MS);
      expect((await then.build(store, build)).circuitBreakers, 'nothing is wrong').toEqual([]);
      await when.saveCircuitBreaker(store, { from: 'closed', to: 'again', open, tells: 'tenant_refused' });
      expect(await then.everyonesBreaker(store)).toMatchObject({ told: { reason: 'tenant_refused' } });
    },
  },
  {
    name: 'open circuitBreakers are listed, everyone’s first, and no more than asked for',
    run: async (store) => {
      await given.openCircuitBreaker(store, { tenantId: TENANT, nextProbeInMs: when.LONG_MS });
      await when.timePasses(store);
      await given.openCircuitBreaker(store, { tenantId: OTHER_TENANT, nextProbeInMs: 0 });
      await when.saveCircuitBreaker(store, { from: null, to: 'counting', failures: 4 });
      const listed = async (limit: number) =>
        (await capabilityOf(store, 'circuitBreakers').loadOpen(limit)).map(({ tenantId }) => tenantId);
      expect(await listed(10)).toEqual([TENANT, OTHER_TENANT]);
      await when.saveCircuitBreaker(store, { from: 'counting', to: 'open', open: given.OPEN });
      expect(await listed(10)).toEqual([null, TENANT, OTHER_TENANT]);
      expect(await listed(2)).toEqual([null, TENANT]);
    },
  },
  {
    name: 'a build’s facts show everyone’s breaker and its own tenant’s, and never another’s',
    run: async (store) => {
      const ours = await given.build(store);
      const theirs = await given.build(store, { tenantId: OTHER_TENANT });
      await when.saveCircuitBreaker(store, { from: null, to: 'counting', failures: 4 });
      await when.saveCircuitBreaker(store, { tenantId: TENANT, from: null, to: 'ours', failures: 1 });
      const breakersOf = async (build: BuildReference) =>
        (await then.build(store, build)).circuitBreakers.map(({ tenantId, failures }) => [
          tenantId,
          failures,
        ]);
      expect(await breakersOf(ours)).toEqual([
        [null, 4],
        [TENANT, 1],
      ]);
      expect(await breakersOf(theirs)).toEqual([[null, 4]]);
      expect(
        (await capabilityOf(store, 'circuitBreakers').load([OTHER_TENANT])).map(({ tenantId }) => tenantId),
      ).toEqual([null]);
      const claimed = then.received(await when.tryClaim(store, ours));
      expect(claimed.circuitBreakers.map(({ tenantId }) => tenantId)).toEqual([null, TENANT]);
    },
  },
];
