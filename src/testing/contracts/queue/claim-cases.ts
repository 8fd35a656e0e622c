import { expect } from 'vitest';
import { NOTIFICATIONS } from '../../../core/build/messages.js';
import { outgoingNotification } from '../../builders.js';
import { claimKeys, claimOne, keyOf, take } from '../support/queue-steps.js';
import type { QueueCase } from '../support/storage-case.js';
import { changingNothing, enqueue, LONG_MS, outlast, SHORT_MS } from '../support/store-steps.js';

/** Exactly one caller holds a message, and only the holder settles it. */
export const queueClaimCases: readonly QueueCase[] = [
  {
    name: 'of ten claims at once exactly one receives each message',
    run: async (store) => {
      const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
      await enqueue(store, ...keys.map((key) => outgoingNotification(key)));
      const received = await Promise.all(Array.from({ length: 10 }, () => claimKeys(store, { limit: 3 })));
      const left = await claimKeys(store, { limit: 20 });
      expect([...received.flat(), ...left].toSorted()).toEqual(keys.toSorted());
      expect(await claimKeys(store)).toEqual([]);
    },
  },
  {
    name: 'a message whose lease ran out is handed out again, and the delivery is counted',
    run: async (store) => {
      await enqueue(store, outgoingNotification('key'));
      const first = await claimOne(store, { leaseMs: SHORT_MS });
      await outlast(store);
      const second = await claimOne(store);
      expect(second).toEqual({ ...first, deliveryCount: 2 });
      expect(await changingNothing(store, () => take(store)), 'and held again').toEqual([]);
    },
  },
  {
    name: 'an acknowledged message never comes again, also when its lease had run out',
    run: async (store) => {
      await enqueue(store, outgoingNotification('a'), outgoingNotification('b'));
      const messages = await take(store, { leaseMs: SHORT_MS });
      await outlast(store);
      await store.queue.acknowledge(messages);
      await store.queue.acknowledge(messages);
      await store.queue.acknowledge([]);
      expect(await take(store)).toEqual([]);
      expect((await store.libraryRows()).messages).toEqual([]);
    },
  },
  {
    name: 'a postponed message comes again after its delay',
    run: async (store) => {
      await enqueue(store, outgoingNotification('soon'), outgoingNotification('later'));
      for (const message of await take(store)) {
        await store.queue.postpone(message, { delayMs: keyOf(message) === 'later' ? LONG_MS : SHORT_MS });
      }
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 2, inFlight: 0, dead: 0 });
      await outlast(store);
      expect(await take(store)).toMatchObject([{ body: { requestId: 'soon' }, deliveryCount: 2 }]);
      expect(await take(store)).toEqual([]);
    },
  },
  {
    name: 'a dead letter is never handed out',
    run: async (store) => {
      await enqueue(store, outgoingNotification('key'));
      await store.queue.deadLetter(await claimOne(store, { leaseMs: SHORT_MS }), 'not readable');
      await outlast(store);
      expect(await take(store)).toEqual([]);
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 0, inFlight: 0, dead: 1 });
    },
  },
  {
    name: 'one who held a message before changes nothing once somebody else holds it',
    run: async (store) => {
      await enqueue(store, outgoingNotification('key'));
      const stale = await claimOne(store, { leaseMs: SHORT_MS });
      await outlast(store);
      const held = await claimOne(store);
      await changingNothing(store, async () => {
        await store.queue.acknowledge([stale]);
        await store.queue.postpone(stale, { delayMs: 0 });
        await store.queue.deadLetter(stale, 'stale');
        expect(await take(store)).toEqual([]);
      });
      await store.queue.acknowledge([held]);
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 0, inFlight: 0, dead: 0 });
    },
  },
];
