import { expect } from 'vitest';
import { NOTIFICATIONS } from '../../../core/build/messages.js';
import { outgoingNotification } from '../../builders.js';
import type { QueueCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** How full a queue is said to be. */
export const statsCases: readonly QueueCase[] = [
  {
    name: 'the depth counts what waits, now or later, what is in flight, and what is dead',
    run: async (store) => {
      for (const key of ['dead', 'held', 'lost']) await when.enqueue(store, outgoingNotification(key));
      const [dead, ...others] = await when.claimMessages(store, { leaseMs: when.LONG_MS });
      await store.queue.deadLetter(then.present(dead), 'poison');
      expect(others).toHaveLength(2);
      await when.enqueue(
        store,
        outgoingNotification('now'),
        outgoingNotification('later', { delayMs: when.LONG_MS }),
      );
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 2, inFlight: 2, dead: 1 });

      await when.claimMessages(store, { leaseMs: when.SHORT_MS });
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ dead: 1 });
      await when.timePasses(store);
      expect(await store.queue.stats(NOTIFICATIONS), 'a lease ran out').toMatchObject({
        waiting: 2,
        inFlight: 2,
        dead: 1,
      });
    },
  },
  {
    name: 'the statistics say how long the oldest message has been due, and nothing of those that wait or are held',
    run: async (store) => {
      const empty = {
        waiting: 0,
        oldestDueMs: null,
        inFlight: 0,
        dead: 0,
        failing: 0,
        problem: null,
        deadReason: null,
      };
      expect(await store.queue.stats(NOTIFICATIONS)).toEqual(empty);
      await when.enqueue(store, outgoingNotification('later', { delayMs: when.LONG_MS }));
      expect(await store.queue.stats(NOTIFICATIONS)).toEqual({ ...empty, waiting: 1 });
      await when.enqueue(store, outgoingNotification('oldest'));
      await when.timePasses(store);
      await when.enqueue(store, outgoingNotification('newest'));
      const { oldestDueMs } = await store.queue.stats(NOTIFICATIONS);
      expect(oldestDueMs).toBeGreaterThanOrEqual(2 * when.SHORT_MS);
      await when.claimMessages(store, { limit: 1 });
      const after = await store.queue.stats(NOTIFICATIONS);
      expect(after).toMatchObject({ waiting: 2, inFlight: 1 });
      expect(after.oldestDueMs, 'the oldest is held').not.toBeNull();
      await when.claimMessages(store);
      expect((await store.queue.stats(NOTIFICATIONS)).oldestDueMs).toBeNull();
    },
  },
  {
    name: 'the statistics say what is wrong with messages that come again, and with the newest dead letter',
    run: async (store) => {
      const stats = () => store.queue.stats(NOTIFICATIONS);
      for (const key of ['one', 'two', 'three']) await when.enqueue(store, outgoingNotification(key));
      const [one, two, three] = await when.claimMessages(store, { leaseMs: when.LONG_MS });
      await store.queue.postpone(then.present(one), { delayMs: 0, problem: 'no directory' });
      await store.queue.postpone(then.present(two), { delayMs: when.LONG_MS });
      expect(await stats()).toMatchObject({ failing: 1, problem: 'no directory', deadReason: null });

      const [again] = await when.claimMessages(store, { leaseMs: when.LONG_MS });
      expect(await stats(), 'while it is tried again').toMatchObject({ failing: 1 });
      await store.queue.deadLetter(then.present(again), 'the last straw');
      expect(await stats()).toMatchObject({ failing: 0, problem: null, deadReason: 'the last straw' });
      await when.timePasses(store);
      await store.queue.deadLetter(then.present(three), 'poison');
      expect(await stats()).toMatchObject({ dead: 2, deadReason: 'poison' });
    },
  },
];
