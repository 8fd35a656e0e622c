import { expect } from 'vitest';
import { NOTIFICATIONS } from '../../../core/build/messages.js';
import { OTHER_TENANT, outgoingNotification, TENANT } from '../../builders.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Dead letters are kept for people, and come back when one says so. */
export const deadLetterCases: readonly StorageCase[] = [
  {
    name: 'a dead letter is kept with its reason and never handed out',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('key'));
      const message = await when.claimMessage(store, { leaseMs: when.SHORT_MS });
      await store.queue.deadLetter(message, 'not readable');
      await when.timePasses(store);
      expect(await when.claimMessages(store)).toEqual([]);
      const dead = await capabilityOf(store, 'deadLetters').list({ tenantId: TENANT, limit: 10 });
      expect(dead).toEqual([{ ...message, reason: 'not readable' }]);
    },
  },
  {
    name: 'dead letters are shown to their own tenant, newest first, no more than asked for',
    run: async (store) => {
      for (const key of ['first', 'second', 'third']) {
        await when.enqueue(store, outgoingNotification(key));
        await store.queue.deadLetter(await when.claimMessage(store), key);
        await store.passTime(5);
      }
      await when.enqueue(store, outgoingNotification('theirs', { tenantId: OTHER_TENANT }));
      await store.queue.deadLetter(await when.claimMessage(store), 'theirs');

      const reasonsFor = async (tenantId: string, limit: number) =>
        (await capabilityOf(store, 'deadLetters').list({ tenantId, limit })).map((letter) => letter.reason);
      expect(await reasonsFor(TENANT, 2)).toEqual(['third', 'second']);
      expect(await reasonsFor(TENANT, 10)).toEqual(['third', 'second', 'first']);
      expect(await reasonsFor(OTHER_TENANT, 10)).toEqual(['theirs']);
    },
  },
  {
    name: 'dead letters that are redriven are due at once, as they were, and their deliveries are counted anew',
    run: async (store) => {
      await given.deadLetters(store, 'a', 'b');
      expect(await capabilityOf(store, 'deadLetters').redrive({ tenantId: TENANT, limit: 10 })).toBe(2);
      const messages = await when.claimMessages(store);
      expect(messages.map(then.keyOf).toSorted()).toEqual(['a', 'b']);
      expect(messages.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 1]);
      expect(await then.deadLetters(store)).toEqual([]);
      expect(
        await capabilityOf(store, 'deadLetters').redrive({ tenantId: TENANT, limit: 10 }),
        'nothing is left',
      ).toBe(0);
    },
  },
  {
    name: 'only the dead letters that are named, or the oldest up to the limit, are redriven',
    run: async (store) => {
      await given.deadLetters(store, 'a', 'b', 'c', 'd');
      const named = (await then.deadLetters(store)).filter((letter) => ['b', 'd'].includes(letter.reason));
      const ids = [...named.map(({ id }) => id), 'no id at all', '999999'];
      expect(await capabilityOf(store, 'deadLetters').redrive({ tenantId: TENANT, limit: 10, ids })).toBe(2);
      expect((await when.claimKeys(store)).toSorted()).toEqual(['b', 'd']);
      expect(await capabilityOf(store, 'deadLetters').redrive({ tenantId: TENANT, limit: 1 })).toBe(1);
      expect(await when.claimKeys(store), 'the older one').toEqual(['a']);
      expect(await capabilityOf(store, 'deadLetters').redrive({ tenantId: TENANT, limit: 10, ids: [] })).toBe(
        0,
      );
    },
  },
  {
    name: 'letters of another tenant are not redriven, named or not',
    run: async (store) => {
      await when.enqueue(store, outgoingNotification('theirs', { tenantId: OTHER_TENANT }));
      for (const message of await when.claimMessages(store)) await store.queue.deadLetter(message, 'theirs');
      const [letter] = await capabilityOf(store, 'deadLetters').list({ tenantId: OTHER_TENANT, limit: 1 });
      await then.nothingChanges(store, async () => {
        const ids = [then.present(letter).id];
        expect(await capabilityOf(store, 'deadLetters').redrive({ tenantId: TENANT, limit: 10, ids })).toBe(
          0,
        );
        expect(await capabilityOf(store, 'deadLetters').redrive({ tenantId: TENANT, limit: 10 })).toBe(0);
        expect(
          await capabilityOf(store, 'deadLetters').redrive({ tenantId: 'no id at all', limit: 10 }),
        ).toBe(0);
      });
    },
  },
  {
    name: 'a dead letter whose key waits again, now or in somebody’s hands, is dropped as done; of two with one key one comes back',
    run: async (store) => {
      await given.deadLetters(store, 'waits', 'held', 'twice');
      await given.deadLetters(store, 'twice');
      await when.enqueue(store, outgoingNotification('held'));
      expect(await when.claimKeys(store)).toEqual(['held']);
      await when.enqueue(store, outgoingNotification('waits', { delayMs: when.LONG_MS }));
      expect(await capabilityOf(store, 'deadLetters').redrive({ tenantId: TENANT, limit: 10 })).toBe(1);
      expect(await when.claimKeys(store)).toEqual(['twice']);
      expect(await then.deadLetters(store)).toEqual([]);
      const left = { waiting: 1, inFlight: 2, dead: 0 };
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject(left);
    },
  },
  {
    name: 'of redrives and new messages at once one message of each key comes',
    run: async (store) => {
      const keys = ['a', 'b', 'c', 'd', 'e'];
      await given.deadLetters(store, ...keys);
      const redrives = Array.from({ length: 5 }, () =>
        capabilityOf(store, 'deadLetters').redrive({ tenantId: TENANT, limit: 10 }),
      );
      const added = keys.map((key) => when.enqueue(store, outgoingNotification(key)));
      const [counts] = await Promise.all([Promise.all(redrives), ...added]);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(keys.length);
      expect((await when.claimKeys(store)).toSorted()).toEqual(keys);
      expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 0, dead: 0 });
    },
  },
];
