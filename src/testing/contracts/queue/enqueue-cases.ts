import { err, ok } from 'neverthrow';
import { expect } from 'vitest';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../../../core/build/messages.js';
import { notificationMessage, outgoingNotification, TENANT } from '../../builders.js';
import type { QueueCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** How messages get into a queue, and when they come out. */
export const enqueueCases: readonly QueueCase[] = [
  {
    name: 'a message comes out as it went in, with its tenant and its first delivery',
    run: async (store) => {
      const message = outgoingNotification('key');
      const body = notificationMessage({
        automationName: `„ß“ 🚀 \\ "quoted" 'n' <b>\n\u2028`,
        errorDetails: ['', 'x'],
      });
      await when.enqueue(store, { ...message, body });
      expect(await when.claimMessages(store)).toEqual([
        { id: expect.any(String), queue: NOTIFICATIONS, tenantId: TENANT, body, deliveryCount: 1 },
      ]);
    },
  },
  {
    name: 'messages of a transaction that is rolled back are gone, those of one that commits are there',
    run: async (store) => {
      await then.nothingChanges(store, () =>
        store.repository.transaction(async (tx) => {
          await store.queue.enqueue(tx, [outgoingNotification('gone')]);
          return err('rolled back');
        }),
      );
      await when.enqueue(store, outgoingNotification('there'));
      await when.enqueue(store);
      expect(await when.claimKeys(store)).toEqual(['there']);
    },
  },
  {
    name: 'a message is handed out only once its transaction has committed, and delays no other',
    concurrent: true,
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('other'));
      await store.repository.transaction(async (tx) => {
        await store.queue.enqueue(tx, [outgoingNotification('key')]);
        expect(await when.claimKeys(store)).toEqual(['other']);
        return ok(undefined);
      });
      expect(await when.claimKeys(store)).toEqual(['key']);
    },
  },
  {
    name: 'a message with a delay is not handed out before its time',
    run: async (store) => {
      await when.enqueue(
        store,
        outgoingNotification('soon', { delayMs: when.SHORT_MS }),
        outgoingNotification('later', { delayMs: when.LONG_MS }),
      );
      await when.enqueue(store, outgoingNotification('now'));
      await when.timePasses(store);
      expect((await when.claimKeys(store)).toSorted()).toEqual(['now', 'soon']);
      expect(await when.claimKeys(store)).toEqual([]);
    },
  },
  {
    name: 'those due longest come first, whenever they were added, and no more than asked for',
    run: async (store) => {
      let order: readonly string[] = [];
      // On a slow machine the second may be due before the first is added: then once more, with more time.
      for (const delayMs of [2 * when.SHORT_MS, 10 * when.SHORT_MS, 50 * when.SHORT_MS]) {
        await store.clear();
        await when.enqueue(store, outgoingNotification('second', { delayMs }));
        await when.enqueue(store, outgoingNotification('first'));
        await store.passTime(delayMs + when.SHORT_MS);
        await when.enqueue(store, outgoingNotification('third'));
        order = await when.claimKeys(store, { limit: 2 });
        if (order[0] === 'first') break;
      }
      expect(order).toEqual(['first', 'second']);
      expect(await when.claimKeys(store)).toEqual(['third']);
    },
  },
  {
    name: 'queues know nothing of each other, even under one key',
    run: async (store) => {
      await when.enqueue(
        store,
        outgoingNotification('key'),
        outgoingNotification('key', { queue: BUILD_REQUESTS }),
      );
      const [build, ...more] = await when.claimMessages(store, { queue: BUILD_REQUESTS });
      expect(build).toMatchObject({ queue: BUILD_REQUESTS });
      expect(more).toEqual([]);
      await store.queue.acknowledge(build ? [build] : []);
      expect(await store.queue.stats(BUILD_REQUESTS)).toMatchObject({ waiting: 0, inFlight: 0, dead: 0 });
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 1, inFlight: 0, dead: 0 });
    },
  },
  {
    name: 'a key that waits is not added again, in one call or in two, and the earlier of the times counts',
    run: async (store) => {
      await when.enqueue(
        store,
        outgoingNotification('a', { delayMs: when.LONG_MS }),
        outgoingNotification('a'),
      );
      await when.enqueue(store, outgoingNotification('b'));
      await when.enqueue(store, outgoingNotification('b', { delayMs: when.LONG_MS }));
      await when.enqueue(store, outgoingNotification('c', { delayMs: when.LONG_MS }));
      await when.enqueue(store, outgoingNotification('c'));
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 3, inFlight: 0, dead: 0 });
      expect((await when.claimKeys(store)).toSorted()).toEqual(['a', 'b', 'c']);
    },
  },
  {
    name: 'of ten transactions that add one key at once one message comes of it',
    run: async (store) => {
      const delays = Array.from({ length: 10 }, (_, index) => (index === 7 ? 0 : when.LONG_MS));
      await Promise.all(
        delays.map((delayMs) => when.enqueue(store, outgoingNotification('key', { delayMs }))),
      );
      expect(await when.claimKeys(store)).toEqual(['key']);
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 0, inFlight: 1, dead: 0 });
    },
  },
  {
    name: 'a key is free again once its message is acknowledged or dead',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('a'), outgoingNotification('b'));
      const [one, two] = await when.claimMessages(store);
      if (one) await store.queue.acknowledge([one]);
      if (two) await store.queue.deadLetter(two, 'poison');
      await when.enqueue(store, outgoingNotification('a'), outgoingNotification('b'));
      expect((await when.claimKeys(store)).toSorted()).toEqual(['a', 'b']);
    },
  },
  {
    name: 'a key that is added while its message is in flight is not lost when that is acknowledged',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key'));
      const inFlight = await when.claimMessages(store);
      await when.enqueue(store, outgoingNotification('key'));
      await store.queue.acknowledge(inFlight);
      expect(await when.claimKeys(store)).toEqual(['key']);
    },
  },
];
