import { expect } from 'vitest';
import { NOTIFICATIONS } from '../../../core/build/messages.js';
import type { DeadLetter } from '../../../ports/queue.js';
import { OTHER_TENANT, outgoingNotification, TENANT } from '../../builders.js';
import type { QueueHarness } from '../../storage-harness.js';
import { claimKeys, keyOf, take } from '../support/queue-steps.js';
import type { QueueCase } from '../support/storage-case.js';
import { changingNothing, enqueue, LONG_MS, outlast, present, SHORT_MS } from '../support/store-steps.js';

/** Dead letters come back when a person says so, and go when they are old. */
export const deadLetterCases: readonly QueueCase[] = [
  {
    name: 'dead letters that are redriven are due at once, as they were, and their deliveries are counted anew',
    run: async (store) => {
      await bury(store, 'a', 'b');
      expect(await store.queue.redrive({ tenantId: TENANT, limit: 10 })).toBe(2);
      const messages = await take(store);
      expect(messages.map(keyOf).toSorted()).toEqual(['a', 'b']);
      expect(messages.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 1]);
      expect(await lettersOf(store)).toEqual([]);
      expect(await store.queue.redrive({ tenantId: TENANT, limit: 10 }), 'nothing is left').toBe(0);
    },
  },
  {
    name: 'only the letters that are named, or the oldest up to the limit, are redriven',
    run: async (store) => {
      await bury(store, 'a', 'b', 'c', 'd');
      const named = (await lettersOf(store)).filter((letter) => ['b', 'd'].includes(letter.reason));
      const ids = [...named.map(({ id }) => id), 'no id at all', '999999'];
      expect(await store.queue.redrive({ tenantId: TENANT, limit: 10, ids })).toBe(2);
      expect((await claimKeys(store)).toSorted()).toEqual(['b', 'd']);
      expect(await store.queue.redrive({ tenantId: TENANT, limit: 1 })).toBe(1);
      expect(await claimKeys(store), 'the older one').toEqual(['a']);
      expect(await store.queue.redrive({ tenantId: TENANT, limit: 10, ids: [] })).toBe(0);
    },
  },
  {
    name: 'letters of another tenant are not redriven, named or not',
    run: async (store) => {
      await enqueue(store, outgoingNotification('theirs', { tenantId: OTHER_TENANT }));
      for (const message of await take(store)) await store.queue.deadLetter(message, 'theirs');
      const [letter] = await store.queue.deadLetters({ tenantId: OTHER_TENANT, limit: 1 });
      await changingNothing(store, async () => {
        const ids = [present(letter).id];
        expect(await store.queue.redrive({ tenantId: TENANT, limit: 10, ids })).toBe(0);
        expect(await store.queue.redrive({ tenantId: TENANT, limit: 10 })).toBe(0);
        expect(await store.queue.redrive({ tenantId: 'no id at all', limit: 10 })).toBe(0);
      });
    },
  },
  {
    name: 'a letter whose key waits again, now or in somebody’s hands, is dropped as done; of two with one key one comes back',
    run: async (store) => {
      await bury(store, 'waits', 'held', 'twice');
      await bury(store, 'twice');
      await enqueue(store, outgoingNotification('held'));
      expect(await claimKeys(store)).toEqual(['held']);
      await enqueue(store, outgoingNotification('waits', { delayMs: LONG_MS }));
      expect(await store.queue.redrive({ tenantId: TENANT, limit: 10 })).toBe(1);
      expect(await claimKeys(store)).toEqual(['twice']);
      expect(await lettersOf(store)).toEqual([]);
      const left = { waiting: 1, inFlight: 2, dead: 0 };
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject(left);
    },
  },
  {
    name: 'of redrives and new messages at once one message of each key comes',
    run: async (store) => {
      const keys = ['a', 'b', 'c', 'd', 'e'];
      await bury(store, ...keys);
      const redrives = Array.from({ length: 5 }, () => store.queue.redrive({ tenantId: TENANT, limit: 10 }));
      const added = keys.map((key) => enqueue(store, outgoingNotification(key)));
      const [counts] = await Promise.all([Promise.all(redrives), ...added]);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(keys.length);
      expect((await claimKeys(store)).toSorted()).toEqual(keys);
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 0, dead: 0 });
    },
  },
  {
    name: 'dead letters are removed once they are old, no more at once than asked for, and nothing else is',
    run: async (store) => {
      await bury(store, 'a', 'b', 'c');
      await enqueue(store, outgoingNotification('waits'));
      await outlast(store);
      const untouched = await changingNothing(store, () =>
        store.queue.purge({ deadForMs: LONG_MS, limit: 10 }),
      );
      expect(untouched).toBe(0);
      expect(await store.queue.purge({ deadForMs: SHORT_MS, limit: 2 })).toBe(2);
      expect(
        (await lettersOf(store)).map(({ reason }) => reason),
        'the oldest first',
      ).toEqual(['c']);
      expect(await store.queue.purge({ deadForMs: SHORT_MS, limit: 10 })).toBe(1);
      expect(await store.queue.purge({ deadForMs: SHORT_MS, limit: 10 })).toBe(0);
      expect(await claimKeys(store)).toEqual(['waits']);
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

/** Adds a message for each key and makes a dead letter of it, with the key as its reason; in this order. */
async function bury<Tx>(store: QueueHarness<Tx>, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await enqueue(store, outgoingNotification(key));
    for (const message of await take(store, { limit: 1 })) await store.queue.deadLetter(message, key);
    await store.passTime(5);
  }
}

function lettersOf<Tx>(store: QueueHarness<Tx>): Promise<readonly DeadLetter[]> {
  return store.queue.deadLetters({ tenantId: TENANT, limit: 100 });
}
