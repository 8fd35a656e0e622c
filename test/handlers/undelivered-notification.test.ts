import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { NOTIFICATIONS } from '../../src/core/build/messages.js';
import { OTHER_TENANT, TENANT } from '../../src/testing/builders.js';
import { DELIVERED, LATER, NEVER, openDelivery, POLICY } from './support/delivery.js';

describe('a notification that cannot be delivered', () => {
  it('is given up at once where another try would not help, and ops find it among the dead letters', async () => {
    const { deliver, depth, deadLetters, rows, deadLettered } = await openDelivery({
      ada: [DELIVERED],
      bob: [NEVER],
    });
    await deliver();
    expect(await depth()).toEqual({ waiting: 0, inFlight: 0, dead: 1 });
    expect(await deadLetters()).toMatchObject([
      {
        queue: NOTIFICATIONS,
        tenantId: TENANT,
        deliveryCount: 1,
        reason: '1 of 2 recipients were not reached: no such address',
      },
    ]);
    expect(deadLettered).toEqual(['1 of 2 recipients were not reached: no such address']);
    expect(await rows()).toMatchObject([
      { recipient_id: 'ada', status: 'delivered' },
      { recipient_id: 'bob', status: 'given_up', problem: 'no such address' },
    ]);
  });

  it('is given up after its tries, with longer and longer waits in between', async () => {
    const { deliver, store, deadLetters, sentTo } = await openDelivery({ ada: [LATER] });
    await deliver();
    await store.passTime(1_000);
    await deliver();
    await store.passTime(3_999);
    expect(await deliver(), 'not yet').toBe(false);
    await store.passTime(1);
    await deliver();
    expect(sentTo()).toHaveLength(POLICY.maxAttempts);
    expect(await deadLetters()).toMatchObject([
      { deliveryCount: 3, reason: '1 of 1 recipients were not reached: mailbox full' },
    ]);
    await store.passTime(60_000);
    expect(await deliver(), 'never again').toBe(false);
  });

  it('is retried when the notifier throws, with its error in one line, without credentials', async () => {
    const thrown = new RangeError('smtp://user:secret@mail.example');
    const { deliver, depth, rows } = await openDelivery({ ada: [thrown] });
    await deliver();
    expect(await depth()).toMatchObject({ waiting: 1 });
    expect(await rows()).toMatchObject([{ status: 'failed', problem: 'RangeError: smtp://mail.example' }]);
  });

  it.each(['rejects', 'throws'])(
    'is retried when the host %s instead of saying who it is for',
    async (how) => {
      let asked = 0;
      const resolveRecipients = () => {
        asked += 1;
        if (asked > 1) return Promise.resolve([{ id: 'ada' }]);
        if (how === 'throws') throw new Error('the directory is down');
        return Promise.reject(new Error('the directory is down'));
      };
      const { deliver, store, sentTo, depth } = await openDelivery({}, { resolveRecipients });
      await deliver();
      expect([sentTo(), await depth()]).toEqual([[], { waiting: 1, inFlight: 0, dead: 0 }]);
      await store.passTime(POLICY.initialDelayMs);
      await deliver();
      expect([sentTo(), await depth()]).toEqual([['ada'], { waiting: 0, inFlight: 0, dead: 0 }]);
    },
  );

  it('is retried where the host has no notifier for its channel, and is a dead letter in the end', async () => {
    const email = { deliver: async () => DELIVERED };
    const { deliver, store, deadLetters, rows } = await openDelivery(
      { ops: [DELIVERED] },
      { body: { channel: 'slack' }, notifiers: { email, inApp: email } },
    );
    for (let attempt = 0; attempt < POLICY.maxAttempts; attempt += 1) {
      await deliver();
      await store.passTime(60_000);
    }
    expect(await deadLetters()).toHaveLength(1);
    expect(await rows()).toMatchObject([
      { status: 'failed', problem: 'no notifier is configured for this channel', attempts: 3 },
    ]);
  });

  it('to one person for want of a record keeps nobody else from it, and is tried again for that one', async () => {
    const store = memoryStorage();
    let refused = 0;
    const {
      deliver,
      store: used,
      sentTo,
      depth,
    } = await openDelivery(
      { ada: [DELIVERED], bob: [DELIVERED] },
      {
        saveDeliveryRecord: async (row) => {
          if (row.recipientId === 'ada' && ++refused === 1) throw new Error('the database is away');
          await store.deliveryRecords.save([row]);
        },
        finishedAs: async (key) => (await store.deliveryRecords.findFinished([key]))[0] ?? null,
      },
    );
    await deliver();
    expect(await depth()).toMatchObject({ waiting: 1 });
    await used.passTime(POLICY.initialDelayMs);
    await deliver();
    expect(sentTo()).toEqual(['ada', 'bob', 'ada']);
    expect(await depth()).toMatchObject({ waiting: 0, dead: 0 });
  });

  it('to one person is not settled before it has ended for all of them', async () => {
    let finish = () => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const settled: unknown[] = [];
    const { deliver } = await openDelivery(
      { ada: [DELIVERED], bob: [DELIVERED] },
      {
        settle: async (_, settlement) => void settled.push(settlement),
        saveDeliveryRecord: async ({ recipientId }) => {
          if (recipientId === 'ada') throw new Error('the database is away');
          await slow;
        },
      },
    );
    const delivering = deliver();
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toEqual([]);
    finish();
    await delivering;
    expect(settled).toEqual([
      { kind: 'postpone', delayMs: POLICY.initialDelayMs, problem: 'the delivery could not be recorded' },
    ]);
  });
});

describe('a notification that was refused for one of its recipients', () => {
  it('is a dead letter in the end, though the others were reached, and the refused one is not asked twice', async () => {
    const { deliver, store, sentTo, deadLetters } = await openDelivery({
      ada: [NEVER],
      bob: [LATER, DELIVERED],
    });
    await deliver();
    await store.passTime(POLICY.initialDelayMs);
    await deliver();
    expect(sentTo()).toEqual(['ada', 'bob', 'bob']);
    expect(await deadLetters()).toMatchObject([
      { reason: '1 of 2 recipients were not reached: delivery was given up earlier' },
    ]);
  });

  it('goes to that one again when ops redrive it, and to nobody else', async () => {
    const { deliver, store, sentTo, rows, depth } = await openDelivery({
      ada: [NEVER, DELIVERED],
      bob: [DELIVERED],
    });
    await deliver();
    await store.deadLetters.redrive({ tenantId: TENANT, limit: 10 });
    await deliver();
    expect(sentTo()).toEqual(['ada', 'bob', 'ada']);
    expect(await rows()).toMatchObject([
      { recipient_id: 'bob', status: 'delivered', attempts: 1 },
      { recipient_id: 'ada', status: 'delivered', problem: null, attempts: 2 },
    ]);
    expect(await depth()).toEqual({ waiting: 0, inFlight: 0, dead: 0 });
  });
});

describe('a channel', () => {
  it('that asks to be left alone is asked again only after that', async () => {
    const busy = { status: 'failed', retryable: true, reason: 'too many', retryAfterMs: 20_000 } as const;
    const { deliver, store, sentTo } = await openDelivery({ ada: [busy, DELIVERED] });
    await deliver();
    await store.passTime(19_999);
    expect(await deliver(), 'not yet').toBe(false);
    await store.passTime(1);
    await deliver();
    expect(sentTo()).toEqual(['ada', 'ada']);
  });

  it('is as patient as its own policy says', async () => {
    const policies = { email: POLICY, in_app: POLICY, slack: { ...POLICY, maxAttempts: 1 } };
    const email = await openDelivery({ ada: [LATER] }, { policies, body: { channel: 'email' } });
    const slack = await openDelivery({ ada: [LATER] }, { policies, body: { channel: 'slack' } });
    for (const each of [email, slack]) await each.deliver();
    expect([await email.depth(), await slack.depth()]).toMatchObject([
      { waiting: 1, dead: 0 },
      { waiting: 0, dead: 1 },
    ]);
  });
});

describe('a notification that cannot be read', () => {
  it('goes to nobody and ends among the dead letters', async () => {
    const foreign = JSON.parse('{"v":1,"template":"unknown"}');
    const { deliver, store, deadLetters, sent } = await openDelivery({ ada: [DELIVERED] }, { body: foreign });
    for (let times = 0; times < 5; times += 1) {
      await deliver();
      await store.passTime(60_000);
    }
    expect(sent).toEqual([]);
    expect(await deadLetters()).toMatchObject([{ reason: expect.stringContaining('template') }]);
  });

  it('since a newer version wrote it is rescheduled for a newer worker, however often it comes', async () => {
    const newer = JSON.parse('{"v":2}');
    const { deliver, store, depth } = await openDelivery({ ada: [DELIVERED] }, { body: newer });
    for (let times = 0; times < 20; times += 1) {
      expect(await deliver()).toBe(true);
      await store.passTime(60_000);
    }
    expect(await depth()).toEqual({ waiting: 1, inFlight: 0, dead: 0 });
  });

  it('since it speaks for another tenant than its own goes to nobody and ends among the dead letters', async () => {
    const { deliver, store, deadLetters, sent } = await openDelivery(
      { ada: [DELIVERED] },
      { body: { tenantId: OTHER_TENANT } },
    );
    for (let times = 0; times < 5; times += 1) {
      await deliver();
      await store.passTime(60_000);
    }
    expect(sent).toEqual([]);
    expect(await deadLetters()).toMatchObject([
      { tenantId: TENANT, reason: expect.stringContaining('tenant') },
    ]);
  });
});
