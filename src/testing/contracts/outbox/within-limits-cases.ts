import { expect } from 'vitest';
import { BUILD_REQUESTS, buildRequestMessage } from '../../../core/build/messages.js';
import { type ClaimLimits, NO_LIMITS } from '../../../ports/claim-limits.js';
import { OTHER_TENANT, TENANT } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { outboxOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

const ONE_EACH: ClaimLimits = { ...NO_LIMITS, concurrency: { global: null, perTenant: 1 } };
/** One token in a bucket, and no other within the time of a test. */
const ONE_A_DAY = 1 / 86_400;

/** What a tenant may not have built yet is not handed over, and holds up nobody. */
export const withinLimitsCases: readonly StorageCase[] = [
  {
    name: 'A10 of each tenant as many are handed over as its limit allows, those in the engine included',
    run: async (store) => {
      await acceptDue(store, TENANT, 4);
      await acceptDue(store, OTHER_TENANT, 1);
      const two: ClaimLimits = { ...NO_LIMITS, concurrency: { global: null, perTenant: 2 } };
      const handed = await handOver(store, two);
      expect(handed).toHaveLength(3);
      expect(await handOver(store, two)).toEqual([]);
      expect(await claim(store, handed, two)).toEqual([OTHER_TENANT, TENANT, TENANT].toSorted());
      expect(await handOver(store, two), 'they hold builds now').toEqual([]);
    },
  },
  {
    name: 'A10 a window that a tenant at its limit would fill is open to the others',
    run: async (store) => {
      await acceptDue(store, TENANT, 5);
      await claim(store, await handOver(store, ONE_EACH), ONE_EACH);
      await acceptDue(store, OTHER_TENANT, 1);
      const handed = await handOver(store, ONE_EACH, 1);
      expect(await claim(store, handed, ONE_EACH)).toEqual([OTHER_TENANT]);
    },
  },
  {
    name: 'A10 no more are handed over than all tenants may have, and by the rate of all and of each',
    run: async (store) => {
      await acceptDue(store, TENANT, 3);
      await acceptDue(store, OTHER_TENANT, 3);
      for (const limits of [
        { ...NO_LIMITS, concurrency: { global: 1, perTenant: null } },
        { ...NO_LIMITS, callsPerSecond: { global: ONE_A_DAY, perTenant: null } },
      ]) {
        const handed = await handOver(store, limits);
        expect(handed).toHaveLength(1);
        expect(await handOver(store, limits)).toEqual([]);
        await forget(store, handed);
      }
      const perTenant = { ...NO_LIMITS, callsPerSecond: { global: null, perTenant: ONE_A_DAY } };
      const handed = await handOver(store, perTenant);
      expect(handed).toHaveLength(2);
      expect(await claim(store, handed, perTenant)).toEqual([OTHER_TENANT, TENANT].toSorted());
      expect(await handOver(store, perTenant), 'its token is spent').toEqual([]);
    },
  },
  {
    name: 'A10 an open circuit breaker has one handed over, and only when its probe is due',
    capabilities: ['circuitBreakers'],
    run: async (store) => {
      await acceptDue(store, TENANT, 3);
      await acceptDue(store, OTHER_TENANT, 1);
      const open = (nextProbeInMs: number) => ({
        reason: 'credentials_refused' as const,
        detail: null,
        probes: 0,
        nextProbeInMs,
      });
      await when.saveCircuitBreaker(store, {
        tenantId: TENANT,
        from: null,
        to: 'shut',
        open: open(when.LONG_MS),
      });
      expect(await claim(store, await handOver(store, NO_LIMITS), NO_LIMITS)).toEqual([OTHER_TENANT]);
      await when.saveCircuitBreaker(store, { tenantId: TENANT, from: 'shut', to: 'due', open: open(0) });
      const probe = await handOver(store, NO_LIMITS);
      expect(probe).toHaveLength(1);
      expect(await handOver(store, NO_LIMITS), 'it is in the engine').toEqual([]);
      expect(await claim(store, probe, NO_LIMITS)).toEqual([TENANT]);
      expect(await handOver(store, NO_LIMITS), 'the probe is under way').toEqual([]);
    },
  },
  {
    name: 'A10 one that is beyond a limit when it comes is not claimed, and no longer handed over',
    run: async (store) => {
      await acceptDue(store, TENANT, 3);
      const all = await handOver(store, NO_LIMITS);
      expect(all).toHaveLength(3);
      const ids = all.map(({ id }) => id);
      const terms = { leaseMs: when.LONG_MS, limits: ONE_EACH };
      const { messages, busy } = await outboxOf(store).claimByIds(BUILD_REQUESTS, ids, terms);
      expect(messages.map(({ id }) => id)).toEqual(ids.slice(0, 1));
      expect(busy).toEqual([]);
      const again = await handOver(store, NO_LIMITS);
      expect(again.map(({ id }) => id).toSorted()).toEqual(ids.slice(1).toSorted());
    },
  },
  {
    name: 'A10 a claim past the engine keeps to the limits as well',
    run: async (store) => {
      await acceptDue(store, TENANT, 3);
      await acceptDue(store, OTHER_TENANT, 1);
      const terms = { limit: 10, leaseMs: when.LONG_MS, limits: ONE_EACH };
      const messages = await store.queue.claim(BUILD_REQUESTS, terms);
      expect(messages.map(({ tenantId }) => tenantId).toSorted()).toEqual([OTHER_TENANT, TENANT].toSorted());
    },
  },
  {
    name: 'A9 what was handed over twice for nothing is lost, and stays so until it is claimed',
    run: async (store) => {
      await acceptDue(store, TENANT, 1);
      const options = { queue: BUILD_REQUESTS, againAfterMs: when.SHORT_MS } as const;
      for (let handOvers = 0; handOvers < 2; handOvers += 1) {
        expect(await when.handOver(store, options)).toHaveLength(1);
        await when.timePasses(store);
      }
      const { wakeUps, lost } = await when.handOverOrLose(store, options);
      expect(wakeUps).toEqual([]);
      expect(lost).toHaveLength(1);
      expect(await when.handOverOrLose(store, options)).toEqual({ wakeUps, lost });
      const [claimed] = await when.claimHandedOver(
        store,
        lost.map((id) => ({ id })),
        { queue: BUILD_REQUESTS },
      );
      await store.queue.postpone(then.present(claimed), { delayMs: 0 });
      expect(await when.handOver(store, options), 'it is handed over anew').toHaveLength(1);
    },
  },
];

function handOver<Tx>(store: StorageHarness<Tx>, limits: ClaimLimits, window = 10) {
  return when.handOver(store, { queue: BUILD_REQUESTS, limits, window });
}

/** Has the engine bring them for nothing, so that they are handed over again. */
async function forget<Tx>(store: StorageHarness<Tx>, handed: readonly { readonly id: string }[]) {
  const messages = await when.claimHandedOver(store, handed, { queue: BUILD_REQUESTS });
  for (const message of messages) await store.queue.postpone(message, { delayMs: 0 });
}

/** Claims the messages, their builds, and acknowledges those; the tenants of the builds. */
async function claim<Tx>(
  store: StorageHarness<Tx>,
  handed: readonly { readonly id: string }[],
  limits: ClaimLimits,
): Promise<readonly string[]> {
  const messages = await when.claimHandedOver(store, handed, { queue: BUILD_REQUESTS });
  const builds = messages.map(({ tenantId, body }) => ({
    tenantId,
    bindingId: (body as { readonly bindingId: string }).bindingId,
  }));
  const claimed = await store.repository.claimBuilds(builds, { leaseMs: when.LONG_MS, limits });
  await store.queue.acknowledge(messages);
  return claimed.flatMap((build) => (build && build !== 'over_limit' ? [build.tenantId] : [])).toSorted();
}

async function acceptDue<Tx>(store: StorageHarness<Tx>, tenantId: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const build = await given.build(store, { name: `${tenantId} ${n}`, tenantId });
    await when.enqueue(store, buildRequestMessage({ ...build, requestId: 'request-first', priority: 0 }, 0));
  }
}
