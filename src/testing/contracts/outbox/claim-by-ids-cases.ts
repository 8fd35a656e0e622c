import { expect } from 'vitest';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../../../core/build/messages.js';
import { outgoingNotification, TENANT } from '../../builders.js';
import { outboxOf } from '../support/capability-of.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** What a name brings, and whom. */
export const claimByIdsCases: readonly StorageCase[] = [
  {
    name: 'the messages that are named come in this order, each delivery counted',
    run: async (store) => {
      await when.enqueue(store, ...['a', 'b', 'c'].map((key) => outgoingNotification(key)));
      const backwards = (await when.handOver(store)).toReversed();
      const taken = await when.claimHandedOver(store, backwards, { leaseMs: when.SHORT_MS });
      expect(taken.map(({ id }) => id)).toEqual(backwards.map(({ id }) => id));
      expect(taken[0]).toEqual({
        id: then.present(backwards[0]).id,
        queue: NOTIFICATIONS,
        tenantId: TENANT,
        body: outgoingNotification(then.keyOf(then.present(taken[0]))).body,
        deliveryCount: 1,
      });
      await when.timePasses(store);
      const again = await when.claimHandedOver(store, backwards.slice(1, 2));
      expect(again).toEqual([{ ...taken[1], deliveryCount: 2 }]);
    },
  },
  {
    name: 'a name that comes twice, names nothing, or is of another queue brings nothing more',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key'));
      const [{ id } = { id: '' }] = await when.handOver(store);
      const ids = ['999999999', id, 'no id at all', '', id].map((each) => ({ id: each }));
      expect(await when.claimHandedOver(store, ids, { queue: BUILD_REQUESTS })).toEqual([]);
      expect(await when.claimHandedOver(store, ids)).toHaveLength(1);
      await then.nothingChanges(store, async () => {
        expect(await when.claimHandedOver(store, ids)).toEqual([]);
        expect(await when.claimHandedOver(store, [])).toEqual([]);
      });
    },
  },
  {
    name: 'one that somebody holds, that is dead or that was settled is not claimable',
    run: async (store) => {
      await when.enqueue(store, ...['held', 'dead', 'settled'].map((key) => outgoingNotification(key)));
      const handed = await when.handOver(store);
      for (const message of await when.claimMessages(store)) {
        if (then.keyOf(message) === 'dead') await store.queue.deadLetter(message, 'poison');
        if (then.keyOf(message) === 'settled') await store.queue.acknowledge([message]);
      }
      await then.nothingChanges(store, async () =>
        expect(await when.claimHandedOver(store, handed)).toEqual([]),
      );
    },
  },
  {
    name: 'one whose time has not come is not claimable, and is handed over again',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key', { delayMs: when.LONG_MS }));
      const [early] = await when.handOver(store);
      expect(await when.claimHandedOver(store, [then.present(early)])).toEqual([]);
      const [again] = await when.handOver(store);
      expect(then.present(again).id).toBe(then.present(early).id);
      expect(then.present(again).delayMs).toBeGreaterThan(0);
    },
  },
  {
    name: 'of ten that name the same messages each one is received once',
    run: async (store) => {
      await when.enqueue(store, ...['a', 'b', 'c', 'd'].map((key) => outgoingNotification(key)));
      const ids = (await when.handOver(store)).map(({ id }) => id);
      const claimers = Array.from({ length: 10 }, (_, index) => {
        const named = index % 2 === 0 ? ids : ids.toReversed();
        return outboxOf(store).claimByIds(NOTIFICATIONS, named, { leaseMs: when.LONG_MS });
      });
      const received = (await Promise.all(claimers)).flatMap(({ messages }) => messages.map(then.keyOf));
      expect(received.toSorted()).toEqual(['a', 'b', 'c', 'd']);
      expect(await outboxOf(store).claimByIds(NOTIFICATIONS, ids, { leaseMs: when.LONG_MS })).toEqual({
        messages: [],
        busy: [],
      });
    },
  },
  {
    name: 'one that somebody has locked is busy, keeps nobody waiting, and is claimable afterwards',
    concurrent: true,
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('locked'), outgoingNotification('free'));
      const handed = await when.handOver(store);
      const ids = handed.map(({ id }) => id);
      const { busy } = await when.commit(store, async (tx) => {
        await store.queue.enqueue(tx, [outgoingNotification('locked', { priority: 1 })]);
        const named = await outboxOf(store).claimByIds(NOTIFICATIONS, ids, { leaseMs: when.LONG_MS });
        expect(named.messages.map(then.keyOf)).toEqual(['free']);
        return named;
      });
      expect(busy).toHaveLength(1);
      const later = await when.claimHandedOver(
        store,
        busy.map((id) => ({ id })),
      );
      expect(later.map(then.keyOf)).toEqual(['locked']);
    },
  },
  {
    name: 'whoever took it settles it as any other, and one that was late changes nothing',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key'));
      const [stale] = await when.claimHandedOver(store, await when.handOver(store), {
        leaseMs: when.SHORT_MS,
      });
      await when.timePasses(store);
      const held = await when.claimMessage(store);
      await then.nothingChanges(store, () => store.queue.acknowledge([then.present(stale)]));
      await store.queue.acknowledge([held]);
      expect((await store.libraryRows()).messages).toEqual([]);
    },
  },
];
