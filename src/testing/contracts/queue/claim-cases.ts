import { expect } from 'vitest';
import { NOTIFICATIONS } from '../../../core/build/messages.js';
import { outgoingNotification } from '../../builders.js';
import type { QueueCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Exactly one caller holds a message, and only the holder settles it. */
export const queueClaimCases: readonly QueueCase[] = [
  {
    name: 'of ten claims at once exactly one receives each message',
    run: async (store) => {
      const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
      await when.enqueue(store, ...keys.map((key) => outgoingNotification(key)));
      const received = await Promise.all(
        Array.from({ length: 10 }, () => when.claimKeys(store, { limit: 3 })),
      );
      const left = await when.claimKeys(store, { limit: 20 });
      expect([...received.flat(), ...left].toSorted()).toEqual(keys.toSorted());
      expect(await when.claimKeys(store)).toEqual([]);
    },
  },
  {
    name: 'a message whose lease ran out is handed out again, and the delivery is counted',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key'));
      const first = await when.claimMessage(store, { leaseMs: when.SHORT_MS });
      await when.timePasses(store);
      const second = await when.claimMessage(store);
      expect(second).toEqual({ ...first, deliveryCount: 2 });
      expect(await then.nothingChanges(store, () => when.claimMessages(store)), 'and held again').toEqual([]);
    },
  },
  {
    name: 'an acknowledged message never comes again, also when its lease had run out',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('a'), outgoingNotification('b'));
      const messages = await when.claimMessages(store, { leaseMs: when.SHORT_MS });
      await when.timePasses(store);
      await store.queue.acknowledge(messages);
      await store.queue.acknowledge(messages);
      await store.queue.acknowledge([]);
      expect(await when.claimMessages(store)).toEqual([]);
      expect((await store.libraryRows()).messages).toEqual([]);
    },
  },
  {
    name: 'a postponed message comes again after its delay',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('soon'), outgoingNotification('later'));
      for (const message of await when.claimMessages(store)) {
        await store.queue.postpone(message, {
          delayMs: then.keyOf(message) === 'later' ? when.LONG_MS : when.SHORT_MS,
        });
      }
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 2, inFlight: 0, dead: 0 });
      await when.timePasses(store);
      expect(await when.claimMessages(store)).toMatchObject([
        { body: { requestId: 'soon' }, deliveryCount: 2 },
      ]);
      expect(await when.claimMessages(store)).toEqual([]);
    },
  },
  {
    name: 'a dead letter is never handed out',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key'));
      await store.queue.deadLetter(
        await when.claimMessage(store, { leaseMs: when.SHORT_MS }),
        'not readable',
      );
      await when.timePasses(store);
      expect(await when.claimMessages(store)).toEqual([]);
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 0, inFlight: 0, dead: 1 });
    },
  },
  {
    name: 'one who held a message before changes nothing once somebody else holds it',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key'));
      const stale = await when.claimMessage(store, { leaseMs: when.SHORT_MS });
      await when.timePasses(store);
      const held = await when.claimMessage(store);
      await then.nothingChanges(store, async () => {
        await store.queue.acknowledge([stale]);
        await store.queue.postpone(stale, { delayMs: 0 });
        await store.queue.deadLetter(stale, 'stale');
        expect(await when.claimMessages(store)).toEqual([]);
      });
      await store.queue.acknowledge([held]);
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 0, inFlight: 0, dead: 0 });
    },
  },
];
