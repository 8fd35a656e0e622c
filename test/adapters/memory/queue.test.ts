import { err, ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { NOTIFICATIONS } from '../../../src/core/build/messages.js';
import { outgoingNotification } from '../../../src/testing/builders.js';
import * as then from '../../../src/testing/contracts/support/then.js';
import * as when from '../../../src/testing/contracts/support/when.js';
import { openMemory, settle } from './open-memory.js';

const DELAY = 60_000;
const LEASE = { limit: 10, leaseMs: 1000 };
const now = outgoingNotification('key');
const later = outgoingNotification('key', { delayMs: DELAY });

describe('the memory queue', () => {
  it('waits for a transaction that is just adding the same key, and then keeps one with the earlier time', async () => {
    const store = openMemory();
    let added = false;
    let adding: Promise<void> = Promise.resolve();
    await store.repository.transaction(async (tx) => {
      await store.queue.enqueue(tx, [later]);
      adding = when.enqueue(store, now).then(() => {
        added = true;
      });
      await settle();
      expect(added).toBe(false);
      return ok(undefined);
    });
    await adding;
    expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 1, inFlight: 0, dead: 0 });
    expect(await store.queue.claim(NOTIFICATIONS, LEASE)).toHaveLength(1);
  });

  it('adds a key itself when the transaction that was adding it rolls back', async () => {
    const store = openMemory();
    let adding: Promise<void> = Promise.resolve();
    await store.repository.transaction(async (tx) => {
      await store.queue.enqueue(tx, [now]);
      adding = when.enqueue(store, later);
      await settle();
      return err('no');
    });
    await adding;
    expect(await store.queue.claim(NOTIFICATIONS, LEASE), 'only the later one is there').toEqual([]);
    expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 1, inFlight: 0, dead: 0 });
  });

  it('does not hand out a message that an open transaction is bringing forward, and waits for nothing', async () => {
    const store = openMemory();
    await when.enqueue(store, later);
    await store.passTime(DELAY);
    await store.repository.transaction(async (tx) => {
      await store.queue.enqueue(tx, [now]);
      expect(await then.nothingChanges(store, () => store.queue.claim(NOTIFICATIONS, LEASE))).toEqual([]);
      return ok(undefined);
    });
    expect(await store.queue.claim(NOTIFICATIONS, LEASE)).toHaveLength(1);
  });

  it('keeps one message when one is postponed whose key came in again, at the earlier time', async () => {
    const store = openMemory();
    await when.enqueue(store, now);
    const [first] = await store.queue.claim(NOTIFICATIONS, LEASE);
    await when.enqueue(store, later);
    if (first) await store.queue.postpone(first, { delayMs: 5 });
    expect(await store.queue.stats(NOTIFICATIONS)).toMatchObject({ waiting: 1, inFlight: 0, dead: 0 });
    expect(await store.queue.claim(NOTIFICATIONS, LEASE)).toEqual([]);
    await store.passTime(5);
    expect(await store.queue.claim(NOTIFICATIONS, LEASE)).toHaveLength(1);
  });

  it('lets a postponed message be settled by nobody until it is handed out again', async () => {
    const store = openMemory();
    await when.enqueue(store, now);
    const [message] = await store.queue.claim(NOTIFICATIONS, LEASE);
    if (!message) throw new Error('there was no message');
    await store.queue.postpone(message, { delayMs: 0 });
    await then.nothingChanges(store, async () => {
      await store.queue.acknowledge([message]);
      await store.queue.deadLetter(message, 'late');
      await store.queue.postpone(message, { delayMs: DELAY });
    });
    expect(await store.queue.claim(NOTIFICATIONS, LEASE)).toMatchObject([
      { id: message.id, deliveryCount: 2 },
    ]);
  });

  it('does not lose a command that comes while the lease of the message before it has run out', async () => {
    const store = openMemory();
    await when.enqueue(store, now);
    const held = await store.queue.claim(NOTIFICATIONS, LEASE);
    await store.passTime(LEASE.leaseMs);
    await when.enqueue(store, now);
    await store.queue.acknowledge(held);
    expect(await store.queue.claim(NOTIFICATIONS, LEASE)).toHaveLength(1);
  });
});
