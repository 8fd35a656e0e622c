import { expect } from 'vitest';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../../../core/build/messages.js';
import { outgoingNotification, TENANT } from '../../builders.js';
import { claimHandedOver, handOver, outboxOf } from '../support/outbox-steps.js';
import { claimOne, keyOf, take } from '../support/queue-steps.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  changingNothing,
  commit,
  enqueue,
  LONG_MS,
  outlast,
  present,
  SHORT_MS,
} from '../support/store-steps.js';

/** What a name brings, and whom. */
export const claimByIdsCases: readonly StorageCase[] = [
  {
    name: 'the messages that are named come in this order, each delivery counted',
    run: async (store) => {
      await enqueue(store, ...['a', 'b', 'c'].map((key) => outgoingNotification(key)));
      const backwards = (await handOver(store)).toReversed();
      const taken = await claimHandedOver(store, backwards, { leaseMs: SHORT_MS });
      expect(taken.map(({ id }) => id)).toEqual(backwards.map(({ id }) => id));
      expect(taken[0]).toEqual({
        id: present(backwards[0]).id,
        queue: NOTIFICATIONS,
        tenantId: TENANT,
        body: outgoingNotification(keyOf(present(taken[0]))).body,
        deliveryCount: 1,
      });
      await outlast(store);
      const again = await claimHandedOver(store, backwards.slice(1, 2));
      expect(again).toEqual([{ ...taken[1], deliveryCount: 2 }]);
    },
  },
  {
    name: 'a name that comes twice, names nothing, or is of another queue brings nothing more',
    run: async (store) => {
      await enqueue(store, outgoingNotification('key'));
      const [{ id } = { id: '' }] = await handOver(store);
      const ids = ['999999999', id, 'no id at all', '', id].map((each) => ({ id: each }));
      expect(await claimHandedOver(store, ids, { queue: BUILD_REQUESTS })).toEqual([]);
      expect(await claimHandedOver(store, ids)).toHaveLength(1);
      await changingNothing(store, async () => {
        expect(await claimHandedOver(store, ids)).toEqual([]);
        expect(await claimHandedOver(store, [])).toEqual([]);
      });
    },
  },
  {
    name: 'one that somebody holds, that is dead or that was settled is not claimable',
    run: async (store) => {
      await enqueue(store, ...['held', 'dead', 'settled'].map((key) => outgoingNotification(key)));
      const handed = await handOver(store);
      for (const message of await take(store)) {
        if (keyOf(message) === 'dead') await store.queue.deadLetter(message, 'poison');
        if (keyOf(message) === 'settled') await store.queue.acknowledge([message]);
      }
      await changingNothing(store, async () => expect(await claimHandedOver(store, handed)).toEqual([]));
    },
  },
  {
    name: 'one whose time has not come is not claimable, and is handed over again',
    run: async (store) => {
      await enqueue(store, outgoingNotification('key', { delayMs: LONG_MS }));
      const [early] = await handOver(store);
      expect(await claimHandedOver(store, [present(early)])).toEqual([]);
      const [again] = await handOver(store);
      expect(present(again).id).toBe(present(early).id);
      expect(present(again).delayMs).toBeGreaterThan(0);
    },
  },
  {
    name: 'of ten that name the same messages each one is received once',
    run: async (store) => {
      await enqueue(store, ...['a', 'b', 'c', 'd'].map((key) => outgoingNotification(key)));
      const ids = (await handOver(store)).map(({ id }) => id);
      const claimers = Array.from({ length: 10 }, (_, index) => {
        const named = index % 2 === 0 ? ids : ids.toReversed();
        return outboxOf(store).claimByIds(NOTIFICATIONS, named, { leaseMs: LONG_MS });
      });
      const received = (await Promise.all(claimers)).flatMap(({ messages }) => messages.map(keyOf));
      expect(received.toSorted()).toEqual(['a', 'b', 'c', 'd']);
      expect(await outboxOf(store).claimByIds(NOTIFICATIONS, ids, { leaseMs: LONG_MS })).toEqual({
        messages: [],
        busy: [],
      });
    },
  },
  {
    name: 'one that somebody has locked is busy, keeps nobody waiting, and is claimable afterwards',
    concurrent: true,
    run: async (store) => {
      await enqueue(store, outgoingNotification('locked'), outgoingNotification('free'));
      const handed = await handOver(store);
      const ids = handed.map(({ id }) => id);
      const { busy } = await commit(store, async (tx) => {
        await store.queue.enqueue(tx, [outgoingNotification('locked', { priority: 1 })]);
        const named = await outboxOf(store).claimByIds(NOTIFICATIONS, ids, { leaseMs: LONG_MS });
        expect(named.messages.map(keyOf)).toEqual(['free']);
        return named;
      });
      expect(busy).toHaveLength(1);
      const later = await claimHandedOver(
        store,
        busy.map((id) => ({ id })),
      );
      expect(later.map(keyOf)).toEqual(['locked']);
    },
  },
  {
    name: 'whoever took it settles it as any other, and one that was late changes nothing',
    run: async (store) => {
      await enqueue(store, outgoingNotification('key'));
      const [stale] = await claimHandedOver(store, await handOver(store), { leaseMs: SHORT_MS });
      await outlast(store);
      const held = await claimOne(store);
      await changingNothing(store, () => store.queue.acknowledge([present(stale)]));
      await store.queue.acknowledge([held]);
      expect((await store.libraryRows()).messages).toEqual([]);
    },
  },
];
