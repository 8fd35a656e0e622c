import { describe, expect, it } from 'vitest';
import { fanOut } from '../../../src/adapters/notify/index.js';
import type { DeliveryAnswer } from '../../../src/core/notifications/decide-delivery.js';
import type { Notifier } from '../../../src/ports/notifier.js';
import { TENANT } from '../../../src/testing/builders.js';
import { DELIVERED, LATER, NEVER, openDelivery, POLICY } from '../../handlers/support/delivery.js';
import { notice } from './support/notices.js';

/** Keeps the keys it is given, and answers round-robin; the last answer stays. */
function keeper(...answers: readonly DeliveryAnswer[]) {
  const keys: string[] = [];
  const notifier: Notifier = {
    deliver: async ({ key }) => {
      keys.push(key);
      return answers[Math.min(keys.length, answers.length) - 1] ?? DELIVERED;
    },
  };
  return { notifier, keys };
}

const withEmail = (email: Notifier) => ({ email, inApp: keeper().notifier });

describe('a fan-out, by the worker', () => {
  it('is one delivery for each of its notifiers, under a key and with a row of its own', async () => {
    const [mail, crm] = [keeper(), keeper()];
    const { deliver, rows, depth, told } = await openDelivery(
      { ada: [] },
      { notifiers: withEmail(fanOut({ mail: mail.notifier, crm: crm.notifier })) },
    );
    await deliver();
    expect(mail.keys).toEqual([expect.stringMatching(/:email:ada:mail$/)]);
    expect(crm.keys).toEqual([expect.stringMatching(/:email:ada:crm$/)]);
    expect((await rows()).map(({ key, status }) => [key, status])).toEqual(
      expect.arrayContaining([...mail.keys, ...crm.keys].map((key) => [key, 'delivered'])),
    );
    expect(told).toHaveLength(2);
    expect(await depth()).toEqual({ waiting: 0, inFlight: 0, dead: 0 });
  });

  it('is tried again only where it failed, with what failed by name', async () => {
    const [mail, crm] = [keeper(), keeper(LATER, DELIVERED)];
    const { deliver, store, rows } = await openDelivery(
      { ada: [] },
      { notifiers: withEmail(fanOut({ mail: mail.notifier, crm: crm.notifier })) },
    );
    await deliver();
    expect(await rows()).toEqual(
      expect.arrayContaining([expect.objectContaining({ status: 'failed', problem: 'crm: mailbox full' })]),
    );
    await store.passTime(POLICY.initialDelayMs);
    await deliver();
    expect([mail.keys.length, crm.keys.length]).toEqual([1, 2]);
  });

  it('is tried again only where it failed also after the process has died', async () => {
    const [mail, crm] = [keeper(), keeper(LATER, DELIVERED)];
    const { deliver, store } = await openDelivery(
      { ada: [] },
      {
        notifiers: withEmail(fanOut({ mail: mail.notifier, crm: crm.notifier })),
        settle: async () => {},
      },
    );
    await deliver();
    await store.passTime(60_000);
    await deliver();
    expect([mail.keys.length, crm.keys.length]).toEqual([1, 2]);
  });

  it('that one notifier refuses for ever is a dead letter for one recipient, and redriven for that notifier', async () => {
    const [mail, crm] = [keeper(), keeper(NEVER, DELIVERED)];
    const { deliver, store, deadLetters, depth } = await openDelivery(
      { ada: [] },
      { notifiers: withEmail(fanOut({ mail: mail.notifier, crm: crm.notifier })) },
    );
    await deliver();
    expect(await deadLetters()).toMatchObject([
      { reason: '1 of 1 recipients were not reached: crm: no such address' },
    ]);
    await store.deadLetters.redrive({ tenantId: TENANT, limit: 1 });
    await deliver();
    expect([mail.keys.length, crm.keys.length]).toEqual([1, 2]);
    expect(await depth()).toEqual({ waiting: 0, inFlight: 0, dead: 0 });
  });

  it('may hold another, and names the whole way', async () => {
    const deep = keeper(LATER);
    const { deliver, rows } = await openDelivery(
      { ada: [] },
      { notifiers: withEmail(fanOut({ a: fanOut({ b: deep.notifier }) })) },
    );
    await deliver();
    expect(deep.keys).toEqual([expect.stringMatching(/:ada:a:b$/)]);
    expect(await rows()).toMatchObject([{ key: deep.keys[0], problem: 'a.b: mailbox full' }]);
  });
});

describe('a fan-out, by hand', () => {
  it('has delivered when all have, each under its own key', async () => {
    const [mail, crm] = [keeper(), keeper()];
    const notifier = fanOut({ mail: mail.notifier, crm: crm.notifier });
    expect(await notifier.deliver(notice({}, 'key'))).toEqual(DELIVERED);
    expect([mail.keys, crm.keys]).toEqual([['key:mail'], ['key:crm']]);
  });

  it('has failed when one has', async () => {
    const notifier = fanOut({ mail: keeper().notifier, crm: keeper(LATER).notifier });
    expect(await notifier.deliver(notice())).toEqual(LATER);
  });
});

describe('fanOut', () => {
  const { notifier } = keeper();
  it.each([{}, { '': notifier }, { 'a:b': notifier }, { A: notifier }, { 'a b': notifier }, { 1: notifier }])(
    'refuses no notifier, and names that could not be told apart in a key: %j',
    (parts) => {
      expect(() => fanOut(parts)).toThrow(TypeError);
    },
  );
});
