import { expect } from 'vitest';
import { NOTIFICATIONS } from '../../../core/build/messages.js';
import { OTHER_TENANT, outgoingNotification, TENANT } from '../../builders.js';
import { claimKeys, claimOne, keyOf, take } from '../support/queue-steps.js';
import type { QueueCase } from '../support/storage-case.js';
import { changingNothing, enqueue, LONG_MS, outlast, present, SHORT_MS } from '../support/store-steps.js';

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
    name: 'a dead letter is kept with its reason and never handed out',
    run: async (store) => {
      await enqueue(store, outgoingNotification('key'));
      const message = await claimOne(store, { leaseMs: SHORT_MS });
      await store.queue.deadLetter(message, 'not readable');
      await outlast(store);
      expect(await take(store)).toEqual([]);
      const dead = await store.queue.deadLetters({ tenantId: TENANT, limit: 10 });
      expect(dead).toEqual([{ ...message, reason: 'not readable' }]);
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
  {
    name: 'dead letters are shown to their own tenant, newest first, no more than asked for',
    run: async (store) => {
      for (const key of ['first', 'second', 'third']) {
        await enqueue(store, outgoingNotification(key));
        await store.queue.deadLetter(await claimOne(store), key);
        await store.passTime(5);
      }
      await enqueue(store, outgoingNotification('theirs', { tenantId: OTHER_TENANT }));
      await store.queue.deadLetter(await claimOne(store), 'theirs');

      const reasonsFor = async (tenantId: string, limit: number) =>
        (await store.queue.deadLetters({ tenantId, limit })).map((letter) => letter.reason);
      expect(await reasonsFor(TENANT, 2)).toEqual(['third', 'second']);
      expect(await reasonsFor(TENANT, 10)).toEqual(['third', 'second', 'first']);
      expect(await reasonsFor(OTHER_TENANT, 10)).toEqual(['theirs']);
    },
  },
  {
    name: 'the depth counts what waits, now or later, what is in flight, and what is dead',
    run: async (store) => {
      for (const key of ['dead', 'held', 'lost']) await enqueue(store, outgoingNotification(key));
      const [dead, ...others] = await take(store, { leaseMs: LONG_MS });
      await store.queue.deadLetter(present(dead), 'poison');
      expect(others).toHaveLength(2);
      await enqueue(store, outgoingNotification('now'), outgoingNotification('later', { delayMs: LONG_MS }));
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 2, inFlight: 2, dead: 1 });

      await take(store, { leaseMs: SHORT_MS });
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ dead: 1 });
      await outlast(store);
      expect(await store.queue.stats(NOTIFICATIONS), 'a lease ran out').toMatchObject({
        waiting: 2,
        inFlight: 2,
        dead: 1,
      });
    },
  },
];
