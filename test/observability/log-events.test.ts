import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import type { BuildEvent } from '../../src/observability/events.js';
import { type Logger, logEvents } from '../../src/observability/log-events.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** A logger that keeps its lines. It works only as the object that it is, like the loggers that hosts have. */
function keepingLogger() {
  const lines: {
    readonly level: string;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly message: string;
  }[] = [];
  const keep = (level: string) =>
    function (this: Logger, fields: Readonly<Record<string, unknown>>, message: string) {
      if (this !== logger) throw new Error('The logger was torn apart.');
      lines.push({ level, fields, message });
    };
  const logger: Logger = { info: keep('info'), warn: keep('warn'), error: keep('error') };
  return { logger, lines };
}

const BUILD = {
  tenantId: 'tenant-1',
  automationVersionId: 'version-1',
  bindingId: 'binding-1',
  requestId: 'request-1',
};

const CALL = { call: 1, callId: 'call-1', httpStatus: 201, wrkRequestId: 'wrk_req_1' };

/** One of each, and of those that are louder when they are bad, the bad one too; with how loud it is. */
const EVENTS: readonly (readonly [keyof Logger, BuildEvent])[] = [
  [
    'info',
    {
      type: 'request_accepted',
      ...BUILD,
      trigger: 'patch_status',
      userId: 'user-1',
      run: 1,
      replayed: false,
      joined: false,
      durationMs: 12.5,
    },
  ],
  [
    'info',
    {
      type: 'request_refused',
      tenantId: 'tenant-1',
      target: 'version-1',
      requestId: 'request-1',
      trigger: 'patch_status',
      userId: null,
      code: 'quote_not_signed',
      durationMs: 3,
    },
  ],
  ['info', { type: 'build_claimed', ...BUILD, run: 1, call: 2, callId: 'call-2' }],
  ['info', { type: 'wrk_answered', ...BUILD, ...CALL, answer: 'created', detail: null, durationMs: 900 }],
  [
    'warn',
    {
      type: 'wrk_answered',
      ...BUILD,
      ...CALL,
      answer: 'api_error',
      detail: 'WRK answered 500',
      durationMs: 1,
    },
  ],
  ['info', { type: 'build_completed', ...BUILD, workflowId: 'wf_1' }],
  ['error', { type: 'build_failed', ...BUILD, reason: 'blueprint_rejected' }],
  ['warn', { type: 'build_rescheduled', ...BUILD, runInMs: 2_000 }],
  ['warn', { type: 'lease_lost', ...BUILD }],
  [
    'error',
    {
      type: 'circuit_breaker_opened',
      ...BUILD,
      of: 'everyone',
      reason: 'credentials_refused',
      detail: 'WRK answered 401',
    },
  ],
  [
    'warn',
    {
      type: 'circuit_breaker_probe_failed',
      ...BUILD,
      of: 'tenant',
      reason: 'tenant_refused',
      probes: 2,
      nextProbeInMs: 4_000,
    },
  ],
  [
    'info',
    {
      type: 'circuit_breaker_closed',
      ...BUILD,
      of: 'everyone',
      reason: 'consecutive_failures',
      openForMs: 65_000,
    },
  ],
  [
    'info',
    {
      type: 'notification_sent',
      tenantId: 'tenant-1',
      bindingId: 'binding-1',
      requestId: 'request-1',
      channel: 'email',
      template: 'build_started',
      recipientId: 'ada',
      delivered: true,
      problem: null,
    },
  ],
  [
    'warn',
    {
      type: 'notification_sent',
      tenantId: 'tenant-1',
      bindingId: 'binding-1',
      requestId: 'request-1',
      channel: 'email',
      template: 'build_started',
      recipientId: 'ada',
      delivered: false,
      problem: 'mailbox full',
    },
  ],
  [
    'error',
    {
      type: 'message_dead_lettered',
      queue: 'notifications',
      tenantId: 'tenant-1',
      messageId: 'message-1',
      reason: '1 of 1 recipients were not reached',
    },
  ],
  ['info', { type: 'sweep_finished', strandedBuilds: 3 }],
  ['info', { type: 'old_rows_removed', deadLetters: 1, deliveries: 2, idempotencyAnswers: 3 }],
  ['info', { type: 'dead_letters_redriven', tenantId: 'tenant-1', messages: 4 }],
  [
    'warn',
    { type: 'host_function_failed', function: 'blueprint', tenantId: 'tenant-1', problem: 'TypeError: x' },
  ],
  ['warn', { type: 'worker_problem', worker: 'leases', problem: 'the database is away' }],
];

const lineOf = (event: BuildEvent) => {
  const { logger, lines } = keepingLogger();
  logEvents(logger)(event);
  const [line, ...others] = lines;
  if (!line || others.length > 0) throw new Error(`${lines.length} lines were written.`);
  return line;
};

describe('a log line', () => {
  it.each(EVENTS)('is written at level %s for %j', (level, event) => {
    expect(lineOf(event)).toMatchObject({ level, message: event.type });
  });

  it("of a request has the host's field names, and the event's own in snake_case", () => {
    const event: BuildEvent = {
      type: 'request_accepted',
      ...BUILD,
      trigger: 'patch_status',
      userId: 'user-1',
      run: 1,
      replayed: false,
      joined: false,
      durationMs: 12.5,
    };
    expect(lineOf(event).fields).toEqual({
      request_id: 'request-1',
      tenant_id: 'tenant-1',
      user_id: 'user-1',
      job_type: 'request_build',
      resource_type: 'automation_version',
      resource_id: 'version-1',
      automation_version_id: 'version-1',
      binding_id: 'binding-1',
      trigger: 'patch_status',
      run: 1,
      replayed: false,
      joined: false,
      duration_ms: 12.5,
    });
  });

  it.each([
    ['request_accepted', 'request_build'],
    ['request_refused', 'request_build'],
    ['build_claimed', 'build_orchestration'],
    ['wrk_answered', 'build_orchestration'],
    ['build_completed', 'build_orchestration'],
    ['build_failed', 'build_orchestration'],
    ['build_rescheduled', 'build_orchestration'],
    ['lease_lost', 'build_orchestration'],
    ['circuit_breaker_opened', 'build_orchestration'],
    ['circuit_breaker_probe_failed', 'build_orchestration'],
    ['circuit_breaker_closed', 'build_orchestration'],
    ['notification_sent', 'notification'],
    ['message_dead_lettered', 'queue'],
    ['sweep_finished', 'sweep'],
    ['old_rows_removed', 'sweep'],
    ['dead_letters_redriven', 'queue'],
    ['host_function_failed', 'host'],
    ['worker_problem', 'worker'],
  ])('of %s is of the job type %s', (type, jobType) => {
    const events = EVENTS.map(([, event]) => event).filter((event) => event.type === type);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect(lineOf(event).fields.job_type).toBe(jobType);
  });

  it.each(EVENTS)('loses nothing (%s, %j)', (_, event) => {
    const { type, ...fields } = event;
    const line = lineOf(event);
    expect(line.message).toBe(type);
    for (const value of Object.values(fields)) expect(Object.values(line.fields)).toContain(value);
    for (const name of Object.keys(line.fields)) expect(name).toMatch(/^[a-z_]+$/);
  });

  it('is one for every event of a build, from the request to the last notification', async () => {
    const { logger, lines } = keepingLogger();
    const events: BuildEvent[] = [];
    const log = logEvents(logger);
    const host = given.app(memoryStorage(), {
      onEvent: (event) => {
        events.push(event);
        log(event);
      },
    });
    await given.requestedBuild(host);
    const workers = when.start(host);
    await workers.drain();
    await workers.stop();
    expect(lines.map(({ message }) => message)).toEqual(events.map(({ type }) => type));
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['request_accepted', 'build_claimed', 'wrk_answered', 'build_completed', 'notification_sent']),
    );
    const ids = new Set(lines.map(({ fields }) => fields.request_id));
    expect(ids.size, 'the request id travels all the way').toBe(1);
  });
});

describe('a listener that fails', () => {
  const full = () => new Error('the log is full');
  it.each([
    [
      'throws',
      () => {
        throw full();
      },
    ],
    ['rejects', () => Promise.reject(full())],
  ])('hurts nobody when it %s', async (_, fail) => {
    let told = 0;
    const host = given.app(memoryStorage(), {
      onEvent: () => {
        told += 1;
        return fail();
      },
    });
    await given.requestedBuild(host);
    const workers = when.start(host);
    await workers.drain();
    await workers.stop();
    expect(await then.bindings(host)).toMatchObject([{ status: 'active' }]);
    expect(told).toBeGreaterThan(3);
    expect(await host.store.queue.stats('notifications')).toMatchObject({ waiting: 0, inFlight: 0, dead: 0 });
  });
});
