import { describe, expect, it } from 'vitest';
import { readNotification } from '../../../src/core/build/messages.js';
import { deliveryKey } from '../../../src/core/notifications/decide-delivery.js';
import {
  type NotificationContext,
  type NotifiedMoment,
  notificationMessages,
  othersOfAlarm,
  planNotifications,
} from '../../../src/core/notifications/notification-plan.js';
import { deepFreeze } from '../support/deep-freeze.js';

const MOMENTS: readonly NotifiedMoment[] = [
  'started',
  'complete',
  'reopened',
  'failed',
  'workflow_unbound',
  'circuit_breaker_opened',
  'circuit_breaker_closed',
];

const CONTEXT: NotificationContext = deepFreeze({
  tenantId: 'tenant-1',
  bindingId: 'binding-1',
  automationVersionId: 'version-1',
  projectId: 'project-1',
  fence: 3,
  assigneeId: null,
  automationName: 'Invoices to ledger',
  projectName: 'Finance',
  workflowUrl: null,
  errorReason: null,
  errorDetails: [],
  requestId: 'request-1',
});

const plan = (moment: NotifiedMoment, { slack = false, assigned = false } = {}) =>
  planNotifications(moment, { slack, assigned }).map(
    ({ channel, template, audience }) => `${channel}: ${template} to ${audience}`,
  );

describe('C10 an alarm that has no recipient', () => {
  const mail = { channel: 'email', audience: 'ops_team' } as const;
  const others = (template: 'build_failed' | 'workflow_unbound' | 'wrk_unavailable', slack = false) =>
    othersOfAlarm({ ...mail, template }, { slack })?.map(({ channel }) => channel);

  it('is asked about for its other channels', () => {
    expect(others('build_failed')).toEqual(['in_app']);
    expect(others('build_failed', true)).toEqual(['in_app', 'slack']);
    expect(others('wrk_unavailable', true)).toEqual(['in_app', 'slack']);
    expect(others('workflow_unbound', true)).toEqual(['in_app']);
  });

  it.each([
    ['another of its notifications', { ...mail, channel: 'in_app', template: 'build_failed' }],
    ['another audience', { ...mail, audience: 'client', template: 'build_failed' }],
    ['what is no alarm', { ...mail, template: 'qa_ready' }],
  ] as const)('is not asked about for %s', (_, planned) => {
    expect(othersOfAlarm(planned, { slack: true })).toBeNull();
  });
});

describe('who is told what', () => {
  it('when a build starts', () => {
    expect(plan('started', { assigned: true })).toEqual([
      'email: build_started to client',
      'email: build_assigned to solutions_engineer',
      'in_app: build_started to project_owner',
    ]);
  });

  it('when a build starts while nobody is assigned', () => {
    expect(plan('started')).toEqual([
      'email: build_started to client',
      'email: build_assigned to ops_team',
      'in_app: build_started to project_owner',
    ]);
  });

  it('when a build is complete', () => {
    expect(plan('complete')).toEqual([
      'email: build_complete to client',
      'email: qa_ready to ops_team',
      'in_app: build_complete to project_owner',
    ]);
  });

  it('when a build that was complete is open again: whoever heard of it, but ops, who are told why', () => {
    expect(plan('reopened')).toEqual([
      'email: build_reopened to client',
      'in_app: build_reopened to project_owner',
    ]);
  });

  it('when a build has failed', () => {
    expect(plan('failed')).toEqual(['email: build_failed to ops_team', 'in_app: build_failed to ops_team']);
  });

  it('when WRK holds a workflow that no build does', () => {
    expect(plan('workflow_unbound')).toEqual([
      'email: workflow_unbound to ops_team',
      'in_app: workflow_unbound to ops_team',
    ]);
  });

  it('when calls to WRK begin to wait, and when they go on', () => {
    expect(plan('circuit_breaker_opened')).toEqual([
      'email: wrk_unavailable to ops_team',
      'in_app: wrk_unavailable to ops_team',
    ]);
    expect(plan('circuit_breaker_closed')).toEqual([
      'email: wrk_available to ops_team',
      'in_app: wrk_available to ops_team',
    ]);
  });

  it('over Slack, at start, failure and around the circuit breaker, where the host has it', () => {
    const overSlack = MOMENTS.map((moment) =>
      plan(moment, { slack: true }).filter((line) => line.startsWith('slack')),
    );
    expect(overSlack).toEqual([
      ['slack: build_started to ops_channel'],
      [],
      [],
      ['slack: build_failed to ops_channel'],
      [],
      ['slack: wrk_unavailable to ops_channel'],
      ['slack: wrk_available to ops_channel'],
    ]);
    for (const moment of MOMENTS) {
      const others = plan(moment, { slack: true }).filter((line) => !line.startsWith('slack'));
      expect(others).toEqual(plan(moment));
    }
  });
});

describe('the messages of a moment', () => {
  const messages = (moment: NotifiedMoment, change: Partial<NotificationContext> = {}, slack = true) =>
    notificationMessages(moment, { ...CONTEXT, ...change }, { slack });

  it.each(MOMENTS)('follow the plan (%s), in its order, due at once', (moment) => {
    const lines = messages(moment).map(({ body, queue, delayMs, tenantId }) => {
      expect([queue, delayMs, tenantId]).toEqual(['notifications', 0, 'tenant-1']);
      return body.kind === 'notification' ? `${body.channel}: ${body.template} to ${body.audience}` : '';
    });
    expect(lines).toEqual(plan(moment, { slack: true }));
  });

  it.each(MOMENTS)('can be read by the worker that delivers them (%s)', (moment) => {
    for (const { body } of messages(moment, { projectId: null, projectName: null })) {
      expect(readNotification(JSON.parse(JSON.stringify(body)))._unsafeUnwrap()).toEqual(body);
    }
  });

  it('take somebody who is assigned into account', () => {
    expect(messages('started', { assigneeId: 'engineer-1' })[1]?.body).toMatchObject({
      audience: 'solutions_engineer',
      assigneeId: 'engineer-1',
    });
  });

  it('go without Slack where the host has none', () => {
    expect(messages('failed', {}, false).map(({ key }) => key)).toEqual([
      'binding-1:3:build_failed:email:ops_team',
      'binding-1:3:build_failed:in_app:ops_team',
    ]);
  });

  it('carry the first 20 lines of details', () => {
    const errorDetails = Array.from({ length: 21 }, (_, index) => `line ${index + 1}`);
    expect(messages('failed', { errorDetails })[0]?.body).toMatchObject({
      errorDetails: errorDetails.slice(0, 20),
    });
  });

  it('have keys of their own, equal for the same moment of the same build and for nothing else', () => {
    const keysOf = (context: Partial<NotificationContext>) =>
      MOMENTS.flatMap((moment) => messages(moment, context).map(({ key }) => key));
    const keys = [...keysOf({}), ...keysOf({ fence: 4 }), ...keysOf({ bindingId: 'binding-2' })];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keysOf({ requestId: 'request-2', automationName: 'Renamed' })).toEqual(keysOf({}));
  });
});

describe('the key of a delivery', () => {
  const [first, second, third] = notificationMessages('started', CONTEXT, { slack: false }).map(({ body }) =>
    readNotification(body)._unsafeUnwrap(),
  );
  if (!first || !second || !third) throw new Error('A start has three notifications.');

  it('is made of binding, fence, event, channel and recipient', () => {
    expect(deliveryKey(first, 'person-1')).toBe('binding-1:3:build_started:email:person-1');
  });

  it('differs by recipient, template, channel, fence, binding and occasion', () => {
    const keys = [
      deliveryKey(first, 'person-1'),
      deliveryKey(first, 'person-2'),
      deliveryKey(second, 'person-1'),
      deliveryKey(third, 'person-1'),
      deliveryKey({ ...first, fence: 4 }, 'person-1'),
      deliveryKey({ ...first, bindingId: 'binding-2' }, 'person-1'),
      deliveryKey({ ...first, occasion: 'decision-1' }, 'person-1'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
