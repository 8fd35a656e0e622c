import { expect } from 'vitest';
import { buildRequestMessage } from '../../../core/build/messages.js';
import type { BuildReference } from '../../../ports/repository.js';
import { OTHER_TENANT, stableId, TENANT } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { closeGate, SHUT, saveGate, versionOf } from '../support/circuit-breaker-steps.js';
import { fusedOf } from '../support/fused-steps.js';
import type { StorageCase } from '../support/storage-case.js';
import { acceptNew, claim, enqueue, LONG_MS, present } from '../support/store-steps.js';

/** Longer than a message is put back for where its build has to wait for room. */
const PUT_BACK_MS = 1_100;

/** However many builds are due, a take brings one that tries a closed gate, and leaves the others as they are. */
export const gateTakeCases: readonly StorageCase[] = [
  {
    name: 'nothing is taken while everyone’s gate is closed, and everything once it is open',
    run: async (store) => {
      await acceptDue(store, TENANT, 3);
      await acceptDue(store, OTHER_TENANT, 1);
      await closeGate(store, { nextProbeInMs: LONG_MS });
      expect(await takeAll(store)).toEqual([]);
      expect((await store.libraryRows()).messages).toHaveLength(4);
      expect((await store.libraryRows()).calls).toEqual([]);
      await saveGate(store, { from: 'closed', to: null });
      await store.passTime(PUT_BACK_MS);
      expect(await takeAll(store)).toHaveLength(4);
    },
  },
  {
    name: 'one build is taken when the gate may be tried, by takes of one moment too, and none besides it',
    run: async (store) => {
      await acceptDue(store, TENANT, 4);
      await acceptDue(store, OTHER_TENANT, 4);
      await closeGate(store, { nextProbeInMs: 0 });
      const takes = await Promise.all(Array.from({ length: 8 }, () => takeAll(store)));
      expect(takes.flat()).toHaveLength(1);
      expect(takes.flat()[0]?.gates).toMatchObject([{ version: versionOf('closed'), closed: { probes: 0 } }]);
      await store.passTime(PUT_BACK_MS);
      expect(await takeAll(store)).toEqual([]);
    },
  },
  {
    name: 'a tenant whose gate is closed holds up nobody else, whatever waits of it',
    run: async (store) => {
      const closed = ['a', 'b', 'c', 'd', 'e'].map((name) => stableId(name));
      for (const tenantId of closed) {
        await acceptDue(store, tenantId, 2);
        await closeGate(store, { tenantId, nextProbeInMs: LONG_MS });
      }
      const free = [TENANT, OTHER_TENANT, stableId('f')];
      for (const tenantId of free) await acceptDue(store, tenantId, 1);
      const taken = [];
      for (const _ of free) taken.push(...(await takeAll(store, 1)));
      expect(taken.map(({ tenantId }) => tenantId).toSorted()).toEqual(free.toSorted());
      expect(await takeAll(store)).toEqual([]);
    },
  },
  {
    name: 'one build of a tenant is taken when its gate may be tried, beside all of the others',
    run: async (store) => {
      await acceptDue(store, TENANT, 3);
      await acceptDue(store, OTHER_TENANT, 2);
      await closeGate(store, { tenantId: TENANT, nextProbeInMs: 0 });
      const taken = [...(await takeAll(store)), ...(await takeAll(store))];
      expect(taken.map(({ tenantId }) => tenantId).toSorted()).toEqual(
        [TENANT, OTHER_TENANT, OTHER_TENANT].toSorted(),
      );
    },
  },
  {
    name: 'everyone’s gate is tried with a build that no gate of its tenant keeps back',
    run: async (store) => {
      await acceptDue(store, TENANT, 2);
      await acceptDue(store, OTHER_TENANT, 2);
      await closeGate(store, { tenantId: TENANT, nextProbeInMs: LONG_MS });
      await closeGate(store, { nextProbeInMs: 0 });
      expect((await takeAll(store)).map(({ tenantId }) => tenantId)).toEqual([OTHER_TENANT]);
    },
  },
  {
    name: 'a message whose build is not to be had does not use up the try',
    run: async (store) => {
      const held = await acceptNew(store, { name: 'held' });
      await claim(store, held);
      await enqueue(store, wakeUp(held));
      await closeGate(store, { nextProbeInMs: 0 });
      const { builds } = await fusedOf(store).takeBuilds({ limit: 10, leaseMs: LONG_MS });
      expect(builds).toEqual([]);
      await acceptDue(store, OTHER_TENANT, 1);
      expect(await takeAll(store)).toHaveLength(1);
    },
  },
  {
    name: 'a gate that is tried and fails keeps the rest back until the next try',
    run: async (store) => {
      await acceptDue(store, TENANT, 2);
      await closeGate(store, { nextProbeInMs: 0 });
      const [probe] = await takeAll(store);
      expect(present(probe).gates).toHaveLength(1);
      await saveGate(store, { from: 'closed', to: 'tried', closed: { ...SHUT, probes: 1 } });
      await store.passTime(PUT_BACK_MS);
      expect(await takeAll(store)).toEqual([]);
      await saveGate(store, { from: 'tried', to: 'due', closed: { ...SHUT, probes: 1, nextProbeInMs: 0 } });
      await store.passTime(PUT_BACK_MS);
      const [next] = await takeAll(store);
      expect(present(next).gates).toMatchObject([{ version: versionOf('due'), closed: { probes: 1 } }]);
    },
  },
];

const wakeUp = (build: BuildReference) =>
  buildRequestMessage({ ...build, requestId: 'request-first', priority: 0 }, 0);

async function takeAll<Tx>(store: StorageHarness<Tx>, limit = 10) {
  const { builds, oddMessages } = await fusedOf(store).takeBuilds({ limit, leaseMs: LONG_MS });
  expect(oddMessages).toEqual([]);
  return builds;
}

/** Builds of one tenant that wait with a message. */
async function acceptDue<Tx>(store: StorageHarness<Tx>, tenantId: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const build = await acceptNew(store, { name: `project ${n}`, tenantId });
    await enqueue(store, wakeUp(build));
  }
}
