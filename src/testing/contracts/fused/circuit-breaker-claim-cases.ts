import { expect } from 'vitest';
import { buildRequestMessage } from '../../../core/build/messages.js';
import type { BuildReference } from '../../../ports/repository.js';
import { OTHER_TENANT, stableId, TENANT } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { fusedOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Longer than a message is postponed for where its build has to wait for capacity. */
const PUT_BACK_MS = 1_100;

/** However many builds are due, a take brings one that tries an open circuit breaker, and leaves the others as they are. */
export const circuitBreakerClaimCases: readonly StorageCase[] = [
  {
    name: 'nothing is taken while everyone’s breaker is open, and everything once it is closed',
    capabilities: ['circuitBreakers'],
    run: async (store) => {
      await acceptDue(store, TENANT, 3);
      await acceptDue(store, OTHER_TENANT, 1);
      await given.openCircuitBreaker(store, { nextProbeInMs: when.LONG_MS });
      expect(await claimAll(store)).toEqual([]);
      expect((await store.libraryRows()).messages).toHaveLength(4);
      expect((await store.libraryRows()).calls).toEqual([]);
      await when.saveCircuitBreaker(store, { from: 'open', to: null });
      await store.passTime(PUT_BACK_MS);
      expect(await claimAll(store)).toHaveLength(4);
    },
  },
  {
    name: 'one build is taken when the breaker may be tried, by takes of one moment too, and none besides it',
    capabilities: ['circuitBreakers'],
    run: async (store) => {
      await acceptDue(store, TENANT, 4);
      await acceptDue(store, OTHER_TENANT, 4);
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      const takes = await Promise.all(Array.from({ length: 8 }, () => claimAll(store)));
      expect(takes.flat()).toHaveLength(1);
      expect(takes.flat()[0]?.circuitBreakers).toMatchObject([
        { version: when.breakerVersion('open'), open: { probes: 0 } },
      ]);
      await store.passTime(PUT_BACK_MS);
      expect(await claimAll(store)).toEqual([]);
    },
  },
  {
    name: 'a tenant whose breaker is open holds up nobody else, whatever waits of it',
    capabilities: ['circuitBreakers'],
    run: async (store) => {
      const open = ['a', 'b', 'c', 'd', 'e'].map((name) => stableId(name));
      for (const tenantId of open) {
        await acceptDue(store, tenantId, 2);
        await given.openCircuitBreaker(store, { tenantId, nextProbeInMs: when.LONG_MS });
      }
      const free = [TENANT, OTHER_TENANT, stableId('f')];
      for (const tenantId of free) await acceptDue(store, tenantId, 1);
      const taken = [];
      for (const _ of free) taken.push(...(await claimAll(store, 1)));
      expect(taken.map(({ tenantId }) => tenantId).toSorted()).toEqual(free.toSorted());
      expect(await claimAll(store)).toEqual([]);
    },
  },
  {
    name: 'one build of a tenant is taken when its breaker may be tried, beside all of the others',
    capabilities: ['circuitBreakers'],
    run: async (store) => {
      await acceptDue(store, TENANT, 3);
      await acceptDue(store, OTHER_TENANT, 2);
      await given.openCircuitBreaker(store, { tenantId: TENANT, nextProbeInMs: 0 });
      const taken = [...(await claimAll(store)), ...(await claimAll(store))];
      expect(taken.map(({ tenantId }) => tenantId).toSorted()).toEqual(
        [TENANT, OTHER_TENANT, OTHER_TENANT].toSorted(),
      );
    },
  },
  {
    name: 'everyone’s breaker is tried with a build that no breaker of its tenant keeps back',
    capabilities: ['circuitBreakers'],
    run: async (store) => {
      await acceptDue(store, TENANT, 2);
      await acceptDue(store, OTHER_TENANT, 2);
      await given.openCircuitBreaker(store, { tenantId: TENANT, nextProbeInMs: when.LONG_MS });
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      expect((await claimAll(store)).map(({ tenantId }) => tenantId)).toEqual([OTHER_TENANT]);
    },
  },
  {
    name: 'a message whose build is not claimable does not use up the try',
    capabilities: ['circuitBreakers'],
    run: async (store) => {
      const held = await given.build(store, { name: 'held' });
      await when.claim(store, held);
      await when.enqueue(store, wakeUp(held));
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      const { builds } = await fusedOf(store).claimDueBuilds({ limit: 10, leaseMs: when.LONG_MS });
      expect(builds).toEqual([]);
      await acceptDue(store, OTHER_TENANT, 1);
      expect(await claimAll(store)).toHaveLength(1);
    },
  },
  {
    name: 'a breaker that is tried and fails keeps the rest back until the next try',
    capabilities: ['circuitBreakers'],
    run: async (store) => {
      await acceptDue(store, TENANT, 2);
      await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
      const [probe] = await claimAll(store);
      expect(then.present(probe).circuitBreakers).toHaveLength(1);
      await when.saveCircuitBreaker(store, { from: 'open', to: 'tried', open: { ...given.OPEN, probes: 1 } });
      await store.passTime(PUT_BACK_MS);
      expect(await claimAll(store)).toEqual([]);
      await when.saveCircuitBreaker(store, {
        from: 'tried',
        to: 'due',
        open: { ...given.OPEN, probes: 1, nextProbeInMs: 0 },
      });
      await store.passTime(PUT_BACK_MS);
      const [next] = await claimAll(store);
      expect(then.present(next).circuitBreakers).toMatchObject([
        { version: when.breakerVersion('due'), open: { probes: 1 } },
      ]);
    },
  },
];

const wakeUp = (build: BuildReference) =>
  buildRequestMessage({ ...build, requestId: 'request-first', priority: 0 }, 0);

async function claimAll<Tx>(store: StorageHarness<Tx>, limit = 10) {
  const { builds, unprocessableMessages } = await fusedOf(store).claimDueBuilds({
    limit,
    leaseMs: when.LONG_MS,
  });
  expect(unprocessableMessages).toEqual([]);
  return builds;
}

/** Builds of one tenant that wait with a message. */
async function acceptDue<Tx>(store: StorageHarness<Tx>, tenantId: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const build = await given.build(store, { name: `project ${n}`, tenantId });
    await when.enqueue(store, wakeUp(build));
  }
}
