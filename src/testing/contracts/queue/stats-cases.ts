import { expect } from 'vitest';
import { NOTIFICATIONS } from '../../../core/build/messages.js';
import { outgoingNotification } from '../../builders.js';
import { take } from '../support/queue-steps.js';
import type { QueueCase } from '../support/storage-case.js';
import { enqueue, LONG_MS, outlast, present, SHORT_MS } from '../support/store-steps.js';

/** How full a queue is said to be. */
export const statsCases: readonly QueueCase[] = [
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
  {
    name: 'the statistics say how long the oldest message has been due, and nothing of those that wait or are held',
    run: async (store) => {
      const empty = { waiting: 0, oldestDueMs: null, inFlight: 0, dead: 0 };
      expect(await store.queue.stats(NOTIFICATIONS)).toEqual(empty);
      await enqueue(store, outgoingNotification('later', { delayMs: LONG_MS }));
      expect(await store.queue.stats(NOTIFICATIONS)).toEqual({ ...empty, waiting: 1 });
      await enqueue(store, outgoingNotification('oldest'));
      await outlast(store);
      await enqueue(store, outgoingNotification('newest'));
      const { oldestDueMs } = await store.queue.stats(NOTIFICATIONS);
      expect(oldestDueMs).toBeGreaterThanOrEqual(2 * SHORT_MS);
      await take(store, { limit: 1 });
      const after = await store.queue.stats(NOTIFICATIONS);
      expect(after).toMatchObject({ waiting: 2, inFlight: 1 });
      expect(after.oldestDueMs, 'the oldest is held').not.toBeNull();
      await take(store);
      expect((await store.queue.stats(NOTIFICATIONS)).oldestDueMs).toBeNull();
    },
  },
];
