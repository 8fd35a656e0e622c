import { describe, expect, it } from 'vitest';
import type { NotificationMessage } from '../../src/core/build/messages.js';
import type { Recipient, ResolveRecipients } from '../../src/ports/notifier.js';
import { notificationMessage, TENANT } from '../../src/testing/builders.js';
import { DELIVERED, LATER, openDelivery, POLICY } from './support/delivery.js';

describe('a notification', () => {
  it('goes to everybody behind its audience, each under a key of their own, and is done', async () => {
    const { deliver, sent, rows, depth, told } = await openDelivery({ ada: [DELIVERED], bob: [DELIVERED] });
    await deliver();
    const { bindingId } = notificationMessage();
    expect(sent).toEqual(
      ['ada', 'bob'].map((id) => ({
        key: `${bindingId}:1:build_started:email:${id}`,
        recipient: { id },
        message: notificationMessage(),
        over: 'email',
      })),
    );
    expect(await rows()).toMatchObject([
      { recipient_id: 'ada', status: 'delivered', problem: null, attempts: 1 },
      { recipient_id: 'bob', status: 'delivered', problem: null, attempts: 1 },
    ]);
    expect(await depth()).toEqual({ waiting: 0, inFlight: 0, dead: 0 });
    expect(told).toEqual([
      ['ada', 'delivered'],
      ['bob', 'delivered'],
    ]);
  });

  it.each([
    ['email', 'email'],
    ['in_app', 'inApp'],
    ['slack', 'slack'],
  ] as const)('for the channel %s goes over the notifier %s', async (channel, over) => {
    const { deliver, sent } = await openDelivery({ ada: [DELIVERED] }, { body: { channel } });
    await deliver();
    expect(sent.map((notification) => notification.over)).toEqual([over]);
  });

  it('asks the host who it is for with all that the host may need, and nothing of its contents', async () => {
    const asked: unknown[] = [];
    const resolveRecipients = async (question: unknown) => {
      asked.push(question);
      return [];
    };
    const body = { audience: 'solutions_engineer', assigneeId: 'engineer', projectId: 'project' } as const;
    const { deliver } = await openDelivery({}, { body, resolveRecipients });
    await deliver();
    const { automationVersionId } = notificationMessage();
    expect(asked).toEqual([
      { tenantId: TENANT, channel: 'email', template: 'build_started', automationVersionId, ...body },
    ]);
  });

  it('D8 spares who opts out of its template over its channel, and reaches them with every other', async () => {
    const optedOut: ResolveRecipients = async ({ template, channel }) =>
      template === 'qa_ready' && channel === 'email' ? [] : [{ id: 'ada' }];
    const sentOf = async (body: Partial<NotificationMessage>) => {
      const { deliver, sentTo } = await openDelivery(
        { ada: [DELIVERED] },
        { body, resolveRecipients: optedOut },
      );
      await deliver();
      return sentTo();
    };
    expect(await sentOf({ template: 'qa_ready' })).toEqual([]);
    expect(await sentOf({ template: 'qa_ready', channel: 'in_app' })).toEqual(['ada']);
    expect(await sentOf({ template: 'build_started' })).toEqual(['ada']);
  });

  it('for nobody is done', async () => {
    const { deliver, depth, rows } = await openDelivery({});
    await deliver();
    expect(await depth()).toEqual({ waiting: 0, inFlight: 0, dead: 0 });
    expect(await rows()).toEqual([]);
  });

  it('comes again later for those whom it did not reach, and for them alone', async () => {
    const { deliver, store, sentTo, rows, depth } = await openDelivery({
      ada: [DELIVERED],
      bob: [LATER, DELIVERED],
      cem: [new TypeError('a mistake'), DELIVERED],
    });
    await deliver();
    expect(await depth()).toEqual({ waiting: 1, inFlight: 0, dead: 0 });
    expect(await deliver(), 'not yet').toBe(false);
    await store.passTime(POLICY.initialDelayMs);
    await deliver();
    expect(sentTo()).toEqual(['ada', 'bob', 'cem', 'bob', 'cem']);
    expect(await rows()).toMatchObject([
      { recipient_id: 'ada', status: 'delivered', attempts: 1 },
      { recipient_id: 'bob', status: 'delivered', attempts: 2 },
      { recipient_id: 'cem', status: 'delivered', attempts: 2 },
    ]);
    expect(await depth()).toEqual({ waiting: 0, inFlight: 0, dead: 0 });
  });

  it('that comes twice, after a process that died, goes to nobody twice', async () => {
    const { deliver, store, sentTo } = await openDelivery({ ada: [DELIVERED] }, { settle: async () => {} });
    await deliver();
    await store.passTime(60_000);
    expect(await deliver()).toBe(true);
    expect(sentTo()).toEqual(['ada']);
  });

  it('goes once to a person who is behind its audience twice', async () => {
    const twice: readonly Recipient[] = [
      { id: 'ada', address: 'ada@example.com' },
      { id: 'bob' },
      { id: 'ada' },
    ];
    const { deliver, sentTo, rows } = await openDelivery({}, { resolveRecipients: async () => twice });
    await deliver();
    expect(sentTo()).toEqual(['ada', 'bob']);
    expect(await rows()).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
  });
});
