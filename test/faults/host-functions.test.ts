import { describe, expect, it } from 'vitest';
import { TENANT } from '../../src/testing/builders.js';
import { DELIVERED, openDelivery, POLICY } from '../handlers/support/delivery.js';

/** What a function of the host may do instead of its work, without TypeScript to keep it from that. */
type Failure = () => never;
const returning =
  (value: unknown): Failure =>
  () =>
    value as never;
const throwing =
  (problem: unknown): Failure =>
  () => {
    throw problem;
  };

const THROWN = {
  'throws an Error': [throwing(new TypeError('no directory')), 'TypeError: no directory'],
  'throws a text': [throwing('no directory'), 'no directory'],
  'throws null': [throwing(null), 'null, which is no Error'],
  'throws what cannot be read': [throwing(Object.create(null)), 'an object, which is no Error'],
  rejects: [() => Promise.reject(new Error('no directory')) as never, 'Error: no directory'],
  'never settles': [returning(new Promise(() => {})), 'TimeoutError: no answer within 20 ms'],
} as const satisfies Record<string, readonly [Failure, string]>;

const RUBBISH = {
  undefined: [returning(undefined), 'undefined'],
  null: [returning(null), 'null'],
  'a number': [returning(Number.NaN), 'NaN'],
  'an object': [returning({ ada: 1n }), 'an object'],
} as const;

const PATIENCE = { ...POLICY, maxAttempts: 2, timeoutMs: 20 };
const POLICIES = { email: PATIENCE, in_app: PATIENCE, slack: PATIENCE };

/** Delivers twice, which is all the policy has, and says what was told of it. */
async function giveUp({
  deliver,
  store,
  deadLetters,
  hostFailures,
}: Awaited<ReturnType<typeof openDelivery>>) {
  await deliver();
  const { failing, problem } = await store.queue.stats('notifications');
  await store.passTime(PATIENCE.initialDelayMs);
  await deliver();
  const [letter] = await deadLetters();
  return { failing, problem, reason: letter?.reason, told: hostFailures };
}

describe('resolveRecipients', () => {
  const failures = [
    ...Object.entries(THROWN).map(([how, [act, problem]]) => ({
      how,
      act,
      problem: `the recipients could not be resolved: ${problem}`,
    })),
    ...Object.entries(RUBBISH).map(([what, [act, kind]]) => ({
      how: `returns ${what}`,
      act,
      problem: `resolveRecipients returned ${kind}: return a list of at most 1000 recipients, [] for nobody`,
    })),
  ];
  it.each(failures)(
    'row 50: C10 resolveRecipients $how: told each time, retried, and the cause is in health and in the dead letter',
    async ({ act, problem }) => {
      const opened = await openDelivery({}, { policies: POLICIES, resolveRecipients: act });
      const told = { name: 'resolveRecipients', tenantId: TENANT, problem };
      expect(await giveUp(opened)).toEqual({
        failing: 1,
        problem,
        reason: `1 of 1 recipients were not reached: ${problem}`,
        told: [told, told],
      });
    },
  );

  it('row 50: C10 resolveRecipients returns a list with rubbish in it: the others are reached', async () => {
    const recipients = returning([null, { id: 'ada' }, { id: 'ada' }, { id: 7 }]);
    const opened = await openDelivery({}, { policies: POLICIES, resolveRecipients: recipients });
    const { reason } = await giveUp(opened);
    expect(opened.sentTo()).toEqual(['ada']);
    expect(reason).toMatch(/^1 of 2 recipients were not reached: resolveRecipients returned null at 0/);
  });

  it('row 50: C10 resolveRecipients never settles: its signal aborts', async () => {
    let reason: unknown;
    const opened = await openDelivery(
      {},
      {
        policies: POLICIES,
        resolveRecipients: (_, { signal }) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
          });
          return new Promise(() => {});
        },
      },
    );
    await opened.deliver();
    expect(reason).toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a notifier', () => {
  it.each(Object.entries(THROWN).map(([how, [act, problem]]) => ({ how, act, problem })))(
    'row 50: C10 a notifier $how: told each time, retried, and the cause is in health and in the dead letter',
    async ({ act, problem }) => {
      const working = { deliver: async () => DELIVERED };
      const notifiers = { email: { deliver: act }, inApp: working };
      const opened = await openDelivery({ ada: [] }, { policies: POLICIES, notifiers });
      const told = { name: 'notifiers.email', tenantId: TENANT, problem };
      expect(await giveUp(opened)).toEqual({
        failing: 1,
        problem,
        reason: `1 of 1 recipients were not reached: ${problem}`,
        told: [told, told],
      });
      expect(await opened.rows()).toMatchObject([{ recipient_id: 'ada', status: 'failed', problem }]);
    },
  );

  it.each(Object.entries(RUBBISH).map(([what, [act, kind]]) => ({ what, act, kind })))(
    'row 50: C10 a notifier returns $what: given up at once, since it may have delivered',
    async ({ act, kind }) => {
      const email = { deliver: act };
      const opened = await openDelivery(
        { ada: [] },
        { policies: POLICIES, notifiers: { email, inApp: email } },
      );
      await opened.deliver();
      const problem = `notifiers.email returned ${kind}: return { status: 'delivered' }, or { status: 'failed', retryable, reason }`;
      expect(opened.hostFailures).toEqual([{ name: 'notifiers.email', tenantId: TENANT, problem }]);
      expect(await opened.deadLetters()).toMatchObject([
        { reason: `1 of 1 recipients were not reached: ${problem}` },
      ]);
    },
  );

  it('row 50: C10 a notifier throws an error that quotes the address: it is not repeated', async () => {
    const email = { deliver: throwing(new Error('ada@example.com is unknown at smtp://me:pw@mail.example')) };
    const opened = await openDelivery(
      {},
      {
        notifiers: { email, inApp: email },
        resolveRecipients: async () => [{ id: 'ada', address: 'ada@example.com' }],
      },
    );
    await opened.deliver();
    expect(await opened.rows()).toMatchObject([
      { problem: 'Error: [redacted] is unknown at smtp://mail.example' },
    ]);
  });
});

describe('a notification that reaches nobody', () => {
  const ALARM = { template: 'build_failed', audience: 'ops_team', channel: 'email' } as const;

  it('row 50: C10 build_failed has no recipient on any channel: an event and a dead letter', async () => {
    const asked: string[] = [];
    const opened = await openDelivery(
      {},
      {
        body: ALARM,
        resolveRecipients: async ({ channel, template }) => {
          asked.push(`${template} ${channel}`);
          return [];
        },
      },
    );
    await opened.deliver();
    const reason = 'nobody receives build_failed: resolveRecipients returned no recipient for any channel';
    expect(asked).toEqual(['build_failed email', 'build_failed in_app', 'build_failed slack']);
    expect(opened.hostFailures).toEqual([{ name: 'resolveRecipients', tenantId: TENANT, problem: reason }]);
    expect(await opened.store.queue.stats('notifications')).toMatchObject({
      dead: 1,
      deadReason: `1 of 1 recipients were not reached: ${reason}`,
    });
  });

  it.each([
    ['somebody hears of it over another channel', ALARM, 'in_app'],
    ['it is for a client', { template: 'build_complete', audience: 'client', channel: 'email' }, null],
    ['another of its notifications asks', { ...ALARM, channel: 'in_app' }, null],
  ] as const)('row 50: C10 no alarm is raised where %s', async (_, body, heardOver) => {
    const opened = await openDelivery(
      {},
      { body, resolveRecipients: async ({ channel }) => (channel === heardOver ? [{ id: 'ada' }] : []) },
    );
    await opened.deliver();
    expect([opened.hostFailures, await opened.depth()]).toEqual([[], { waiting: 0, inFlight: 0, dead: 0 }]);
  });
});
