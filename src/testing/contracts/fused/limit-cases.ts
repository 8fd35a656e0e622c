import { expect } from 'vitest';
import { buildRequestMessage } from '../../../core/build/messages.js';
import { type ClaimLimits, NO_LIMITS } from '../../../ports/claim-limits.js';
import type { BuildReference } from '../../../ports/repository.js';
import { OTHER_TENANT, stableId, TENANT } from '../../builders.js';
import { completedDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { fusedOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as when from '../support/when.js';

/** One token in a bucket, and no other within the time of a test. */
const ONE_IN_A_DAY = 1 / 86_400;

/** Longer than a message is postponed for where its build has to wait for capacity. */
const PUT_BACK_MS = 1_100;

/** However many builds are due, a claim keeps to the limits, and what it leaves is taken later. */
export const limitCases: readonly StorageCase[] = [
  {
    name: 'no more builds are held at once than all tenants may, and the rest come as these end',
    run: async (store) => {
      await acceptDue(store, TENANT, 4);
      await acceptDue(store, OTHER_TENANT, 1);
      const limits = withLimits({ concurrency: { global: 3, perTenant: null } });
      const first = await claimAll(store, limits);
      expect(first).toHaveLength(3);
      expect(new Set(first.map(({ tenantId }) => tenantId)).size, 'of both tenants').toBe(2);
      expect(await claimAll(store, limits)).toEqual([]);

      await when.save(store, ...first.slice(0, 2).map((build) => completedDecision(build)));
      await store.passTime(PUT_BACK_MS);
      expect(await claimAll(store, limits)).toHaveLength(2);
    },
  },
  {
    name: 'no more builds are held at once than each tenant may',
    run: async (store) => {
      await acceptDue(store, TENANT, 4);
      await acceptDue(store, OTHER_TENANT, 1);
      const taken = await claimAll(store, withLimits({ concurrency: { global: null, perTenant: 2 } }));
      expect(countOf(taken)).toEqual({ [TENANT]: 2, [OTHER_TENANT]: 1 });
    },
  },
  {
    name: 'a tenant at its limit holds up nobody else, whatever waits of it',
    run: async (store) => {
      const limited = ['a', 'b', 'c', 'd', 'e'].map((name) => stableId(name));
      for (const tenantId of limited) await acceptDue(store, tenantId, 2);
      const limits = withLimits({ concurrency: { global: null, perTenant: 1 } });
      expect(await claimAll(store, limits)).toHaveLength(limited.length);
      // Wherever the next turn begins: of several others at least one comes after a tenant at its limit.
      const free = [TENANT, OTHER_TENANT, stableId('f')];
      for (const tenantId of free) await acceptDue(store, tenantId, 1);
      const taken = [];
      for (const _ of free) taken.push(...(await claimAll(store, limits, 1)));
      expect(Object.keys(countOf(taken)).toSorted()).toEqual(free.toSorted());
    },
  },
  {
    name: 'a build whose lease ran out counts no longer',
    run: async (store) => {
      await acceptDue(store, TENANT, 2);
      const limits = withLimits({ concurrency: { global: 1, perTenant: 1 } });
      const dying = await fusedOf(store).claimDueBuilds({ limit: 10, leaseMs: when.SHORT_MS, limits });
      expect(dying.builds).toHaveLength(1);
      await when.timePasses(store);
      await store.passTime(PUT_BACK_MS);
      expect(await claimAll(store, limits)).toHaveLength(1);
    },
  },
  {
    name: 'no tenant has more builds claimed than its rate allows',
    run: async (store) => {
      await acceptDue(store, TENANT, 3);
      await acceptDue(store, OTHER_TENANT, 1);
      const limits = withLimits({ callsPerSecond: { global: null, perTenant: ONE_IN_A_DAY } });
      expect(countOf(await claimAll(store, limits))).toEqual({ [TENANT]: 1, [OTHER_TENANT]: 1 });
      expect(await claimAll(store, limits)).toEqual([]);
    },
  },
  {
    name: 'all tenants together have no more builds claimed than the rate allows, by takes of one moment too',
    run: async (store) => {
      await acceptDue(store, TENANT, 4);
      await acceptDue(store, OTHER_TENANT, 4);
      const limits = withLimits({ callsPerSecond: { global: ONE_IN_A_DAY, perTenant: 5 } });
      const takes = await Promise.all(Array.from({ length: 10 }, () => claimAll(store, limits)));
      expect(takes.flat()).toHaveLength(1);
    },
  },
  {
    name: 'takes of one moment keep to the rate of one tenant',
    run: async (store) => {
      await acceptDue(store, TENANT, 6);
      const limits = withLimits({ callsPerSecond: { global: null, perTenant: ONE_IN_A_DAY } });
      const takes = await Promise.all(Array.from({ length: 10 }, () => claimAll(store, limits)));
      const later = await claimAll(store, limits);
      expect([...takes.flat(), ...later]).toHaveLength(1);
    },
  },
  {
    name: 'a bucket holds one second’s worth at first, and fills up again',
    run: async (store) => {
      await acceptDue(store, TENANT, 7);
      const limits = withLimits({ callsPerSecond: { global: 5, perTenant: null } });
      const taken = await claimAll(store, limits);
      expect(taken).toHaveLength(5);
      for (let looks = 0; taken.length < 7 && looks < 100; looks += 1) {
        await store.passTime(PUT_BACK_MS);
        taken.push(...(await claimAll(store, limits)));
      }
      expect(taken).toHaveLength(7);
    },
  },
  {
    name: 'what a limit kept back is there once there is none',
    run: async (store) => {
      await acceptDue(store, TENANT, 3);
      await claimAll(store, withLimits({ concurrency: { global: 1, perTenant: null } }));
      await store.passTime(PUT_BACK_MS);
      expect(await claimAll(store, NO_LIMITS)).toHaveLength(2);
      expect((await store.libraryRows()).messages).toEqual([]);
    },
  },
];

function withLimits(limits: Partial<ClaimLimits>): ClaimLimits {
  return { ...NO_LIMITS, ...limits };
}

async function claimAll<Tx>(store: StorageHarness<Tx>, limits: ClaimLimits, limit = 10) {
  const { builds, unprocessableMessages } = await fusedOf(store).claimDueBuilds({
    limit,
    leaseMs: when.LONG_MS,
    limits,
  });
  expect(unprocessableMessages).toEqual([]);
  return [...builds];
}

/** Builds of one tenant that wait with a message. */
async function acceptDue<Tx>(store: StorageHarness<Tx>, tenantId: string, count: number): Promise<void> {
  const builds: BuildReference[] = [];
  for (let n = 0; n < count; n += 1)
    builds.push(await given.build(store, { name: `project ${n}`, tenantId }));
  await when.enqueue(
    store,
    ...builds.map((build) => buildRequestMessage({ ...build, requestId: 'request-first', priority: 0 }, 0)),
  );
}

function countOf(builds: readonly { readonly tenantId: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { tenantId } of builds) counts[tenantId] = (counts[tenantId] ?? 0) + 1;
  return counts;
}
