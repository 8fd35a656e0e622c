import { ok } from 'neverthrow';
import { expect } from 'vitest';
import { BUILD_REQUESTS } from '../../../core/build/messages.js';
import { OTHER_TENANT, outgoingNotification, stableId, TENANT } from '../../builders.js';
import { capabilityOf } from '../support/capability-of.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** What is handed over, in which order, and when again. */
export const handOverCases: readonly StorageCase[] = [
  {
    name: 'what is due is handed over once, and is as it was before',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('a'), outgoingNotification('b'));
      const handed = await then.nothingChanges(store, () => when.handOver(store));
      expect(handed.map(({ delayMs }) => delayMs)).toEqual([0, 0]);
      expect(new Set(handed.map(({ id }) => id)).size).toBe(2);
      expect(await when.handOver(store)).toEqual([]);
      expect((await when.claimHandedOver(store, handed)).map(then.keyOf).toSorted()).toEqual(['a', 'b']);
    },
  },
  {
    name: 'tenants are served round-robin, and the next one goes on behind the last',
    run: async (store) => {
      const tenants = ['a', 'b', 'c'].map((name) => stableId(name));
      for (const tenantId of tenants) {
        const some = [1, 2].map((index) => outgoingNotification(`${tenantId} ${index}`, { tenantId }));
        await when.enqueue(store, ...some);
      }
      const tenantsOf = async (window: number) => {
        const taken = await when.claimHandedOver(store, await when.handOver(store, { window }));
        return taken.map(({ tenantId }) => tenantId);
      };
      const [first, second] = [await tenantsOf(2), await tenantsOf(2)];
      expect([...first, ...second.slice(0, 1)].toSorted(), 'the first round').toEqual(tenants.toSorted());
      expect([...second.slice(1), ...(await tenantsOf(2))].toSorted(), 'the second').toEqual(
        tenants.toSorted(),
      );
    },
  },
  {
    name: 'of one tenant the highest priority comes first, and gets nobody ahead of another tenant',
    run: async (store) => {
      await when.enqueue(
        store,
        outgoingNotification('low', { priority: -1 }),
        outgoingNotification('high', { priority: 100 }),
        outgoingNotification('higher', { priority: 101 }),
        outgoingNotification('theirs', { tenantId: OTHER_TENANT }),
      );
      const keys = await when.handedKeys(store);
      expect(keys.filter((key) => key !== 'theirs')).toEqual(['higher', 'high', 'low']);
      expect(keys.indexOf('theirs')).toBeLessThan(2);
    },
  },
  {
    name: 'no more than asked for are handed over at once, and room comes with each that is taken',
    run: async (store) => {
      await when.enqueue(store, ...['a', 'b', 'c', 'd', 'e'].map((key) => outgoingNotification(key)));
      const handed = await when.handOver(store, { window: 3 });
      expect(handed).toHaveLength(3);
      expect(await when.handOver(store, { window: 3 })).toEqual([]);
      await when.claimHandedOver(store, handed.slice(0, 1));
      const more = await when.handOver(store, { window: 3 });
      expect(more).toHaveLength(1);
      expect(handed.map(({ id }) => id)).not.toContain(then.present(more[0]).id);
    },
  },
  {
    name: 'one that was not taken in time was lost on the way, and is handed over again',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key'));
      const lost = await when.handOver(store, { againAfterMs: when.SHORT_MS });
      await when.timePasses(store);
      expect(await when.handOver(store)).toEqual(lost);
      expect(await when.handOver(store)).toEqual([]);
    },
  },
  {
    name: 'one that comes back after a lease or a postponement is handed over again',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('lease'), outgoingNotification('postponed'));
      for (const message of await when.claimHandedOver(store, await when.handOver(store), {
        leaseMs: when.SHORT_MS,
      })) {
        if (then.keyOf(message) === 'postponed')
          await store.queue.postpone(message, { delayMs: when.SHORT_MS });
      }
      await when.timePasses(store);
      expect((await when.handedKeys(store)).toSorted()).toEqual(['lease', 'postponed']);
    },
  },
  {
    name: 'one that was claimed past the engine is not handed over while it is held, and is when it comes back',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key'));
      await when.handOver(store);
      expect(await when.claimKeys(store, { leaseMs: when.SHORT_MS }), 'handed over or not').toEqual(['key']);
      await when.timePasses(store);
      expect(await when.handedKeys(store)).toEqual(['key']);
    },
  },
  {
    name: 'what becomes due next is handed over with its delay, the soonest first, behind what is due',
    run: async (store) => {
      await when.enqueue(
        store,
        outgoingNotification('last', { delayMs: 2 * when.LONG_MS }),
        outgoingNotification('next', { delayMs: when.LONG_MS }),
      );
      await when.enqueue(store, outgoingNotification('now'));
      const [now, next, ...others] = await when.handOver(store, { window: 1 });
      expect(others).toEqual([]);
      expect(then.present(now).delayMs).toBe(0);
      expect(then.present(next).delayMs).toBeGreaterThan(when.LONG_MS / 2);
      expect(then.present(next).delayMs).toBeLessThanOrEqual(when.LONG_MS);
      expect(await when.handOver(store, { window: 1 }), 'the one after it is not yet the next').toEqual([]);
      const [last] = await when.handOver(store, { window: 2 });
      expect(then.present(last).delayMs).toBeGreaterThan(when.LONG_MS);
    },
  },
  {
    name: 'one that was handed over for later and comes earlier is handed over again',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key', { delayMs: when.LONG_MS }));
      const [later] = await when.handOver(store);
      await when.enqueue(store, outgoingNotification('key', { delayMs: 2 * when.LONG_MS }));
      expect(await when.handOver(store), 'it still comes at its time').toEqual([]);
      await when.enqueue(store, outgoingNotification('key'));
      expect(await when.handOver(store)).toEqual([{ id: then.present(later).id, delayMs: 0 }]);
    },
  },
  {
    name: 'messages in somebody’s hands, dead ones and those of another queue are not handed over',
    capabilities: ['deadLetters'],
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('dead'));
      await store.queue.deadLetter(await when.claimMessage(store), 'poison');
      await when.enqueue(store, outgoingNotification('held'));
      await when.claimMessages(store);
      await when.enqueue(store, outgoingNotification('other', { queue: BUILD_REQUESTS }));
      expect(await when.handOver(store)).toEqual([]);
      expect(await when.handOver(store, { queue: BUILD_REQUESTS })).toHaveLength(1);
      expect(await capabilityOf(store, 'deadLetters').redrive({ tenantId: TENANT, limit: 1 })).toBe(1);
      expect(await when.handedKeys(store), 'a redriven message is').toEqual(['dead']);
    },
  },
  {
    name: 'one whose transaction is still open is not handed over, and delays no other',
    concurrent: true,
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('other'));
      await store.repository.transaction(async (tx) => {
        await store.queue.enqueue(tx, [outgoingNotification('key')]);
        expect(await when.handedKeys(store)).toEqual(['other']);
        return ok(undefined);
      });
      expect(await when.handedKeys(store), 'though others have been handed over since').toEqual(['key']);
    },
  },
  {
    name: 'of ten that hand over at once each message is handed over by one',
    run: async (store) => {
      const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
      await when.enqueue(store, ...keys.map((key) => outgoingNotification(key)));
      const at = await Promise.all(Array.from({ length: 10 }, () => when.handOver(store, { window: 20 })));
      const left = await when.handOver(store, { window: 20 });
      const ids = [...at.flat(), ...left].map(({ id }) => id);
      expect(ids).toHaveLength(20);
      expect(new Set(ids).size).toBe(20);
    },
  },
];
