import { expect } from 'vitest';
import { BUILD_REQUESTS } from '../../../core/build/messages.js';
import type { ClaimedMessage } from '../../../ports/queue.js';
import { OTHER_TENANT, outgoingNotification, stableId, TENANT } from '../../builders.js';
import type { QueueHarness } from '../../storage-harness.js';
import type { QueueCase } from '../support/storage-case.js';
import * as when from '../support/when.js';

/** No tenant waits for the backlog of another, and each has its own most urgent message first. */
export const fairClaimCases: readonly QueueCase[] = [
  {
    name: 'a single message is handed out before the second of a tenant that has hundreds',
    run: async (store) => {
      await enqueueMany(store, TENANT, 300);
      await store.passTime(5);
      await enqueueMany(store, OTHER_TENANT, 1);
      expect(tenantsOf(await when.claimMessages(store, { limit: 2 })).toSorted()).toEqual(
        [TENANT, OTHER_TENANT].toSorted(),
      );
    },
  },
  {
    name: 'each tenant has its second turn only after all had their first',
    run: async (store) => {
      const tenants = ['a', 'b', 'c'].map((name) => stableId(name));
      for (const tenantId of tenants) await enqueueMany(store, tenantId, 5);
      const taken = tenantsOf(await when.claimMessages(store, { limit: 7 }));
      expect(taken.slice(0, 3).toSorted(), 'the first round').toEqual(tenants.toSorted());
      expect(taken.slice(3, 6).toSorted(), 'the second').toEqual(tenants.toSorted());
      expect(taken).toHaveLength(7);
    },
  },
  {
    name: 'the next claim goes on behind the tenant that came last, and round again',
    run: async (store) => {
      const tenants = ['a', 'b', 'c', 'd', 'e'].map((name) => stableId(name));
      for (const tenantId of tenants) await enqueueMany(store, tenantId, 3);
      const taken: string[] = [];
      for (let claims = 0; claims < 5; claims += 1)
        taken.push(...tenantsOf(await when.claimMessages(store, { limit: 2 })));
      expect(taken.slice(0, 5).toSorted(), 'the first round').toEqual(tenants.toSorted());
      expect(taken.slice(5).toSorted(), 'the second').toEqual(tenants.toSorted());
    },
  },
  {
    name: 'the round-robin of one queue is not that of another',
    run: async (store) => {
      const tenants = ['a', 'b', 'c'].map((name) => stableId(name));
      for (const tenantId of tenants) {
        await enqueueMany(store, tenantId, 2);
        await when.enqueue(store, outgoingNotification(tenantId, { tenantId, queue: BUILD_REQUESTS }));
      }
      const taken = tenantsOf(await when.claimMessages(store, { limit: 2 }));
      await when.claimMessages(store, { limit: 1, queue: BUILD_REQUESTS });
      taken.push(...tenantsOf(await when.claimMessages(store, { limit: 1 })));
      expect(taken.toSorted()).toEqual(tenants.toSorted());
    },
  },
  {
    name: 'of one tenant the highest priority comes first, and of one priority what is due longest',
    run: async (store) => {
      const messages = [
        outgoingNotification('low', { priority: -1 }),
        outgoingNotification('first'),
        outgoingNotification('second'),
        outgoingNotification('high', { priority: 100 }),
        outgoingNotification('later', { priority: 101, delayMs: when.LONG_MS }),
      ];
      for (const message of messages) {
        await when.enqueue(store, message);
        await store.passTime(5);
      }
      expect(await when.claimKeys(store, { limit: 3 })).toEqual(['high', 'first', 'second']);
      expect(await when.claimKeys(store)).toEqual(['low']);
    },
  },
  {
    name: 'a priority gets nobody ahead of another tenant',
    run: async (store) => {
      const urgent = ['a', 'b', 'c'].map((key) => outgoingNotification(key, { priority: 100 }));
      await when.enqueue(
        store,
        ...urgent,
        outgoingNotification('theirs', { tenantId: OTHER_TENANT, priority: -100 }),
      );
      expect(tenantsOf(await when.claimMessages(store, { limit: 2 })).toSorted()).toEqual(
        [TENANT, OTHER_TENANT].toSorted(),
      );
    },
  },
  {
    name: 'a key that waits is handed out by the newer of two priorities',
    run: async (store) => {
      await when.enqueue(
        store,
        outgoingNotification('raised'),
        outgoingNotification('lowered', { priority: 2 }),
      );
      await when.enqueue(store, outgoingNotification('other', { priority: 1 }));
      await when.enqueue(
        store,
        outgoingNotification('raised', { priority: 3 }),
        outgoingNotification('lowered'),
      );
      expect(await when.claimKeys(store)).toEqual(['raised', 'other', 'lowered']);
    },
  },
  {
    name: 'claims that are made until one brings nothing hand out everything, once',
    run: async (store) => {
      const keys: string[] = [];
      for (const [name, count] of [
        ['a', 60],
        ['b', 1],
        ['c', 7],
      ] as const) {
        for (const priority of [0, 5, -5]) {
          const some = Array.from({ length: count }, (_, index) => `${name} ${priority} ${index}`);
          const tenantId = stableId(name);
          await when.enqueue(store, ...some.map((key) => outgoingNotification(key, { tenantId, priority })));
          keys.push(...some);
        }
      }
      const taken: string[] = [];
      for (let more = true; more; ) {
        const some = await when.claimKeys(store, { limit: 16 });
        taken.push(...some);
        more = some.length > 0;
      }
      expect(taken.toSorted()).toEqual(keys.toSorted());
    },
  },
];

async function enqueueMany<Tx>(store: QueueHarness<Tx>, tenantId: string, count: number): Promise<void> {
  const keys = Array.from({ length: count }, (_, index) => `${tenantId} ${index}`);
  await when.enqueue(store, ...keys.map((key) => outgoingNotification(key, { tenantId })));
}

function tenantsOf(messages: readonly ClaimedMessage[]): string[] {
  return messages.map(({ tenantId }) => tenantId);
}
