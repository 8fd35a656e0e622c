import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createBuildsHandlerOn } from '../../src/adapters/http/handler.js';
import type { AnsweredRequest } from '../../src/adapters/http/handler-options.js';
import { memoryEngine } from '../../src/adapters/memory/index.js';
import { memoryStorageOn } from '../../src/adapters/memory/storage.js';
import { secret } from '../../src/adapters/notify/index.js';
import { slackNotifierOn } from '../../src/adapters/notify/slack-notifier.js';
import { webhookNotifierOn } from '../../src/adapters/notify/webhook/webhook-notifier.js';
import { nodePostgresOn } from '../../src/adapters/postgres/drivers/node-postgres.js';
import { pgliteOn } from '../../src/adapters/postgres/drivers/pglite.js';
import { wrkHttpOn } from '../../src/adapters/wrk-http/wrk-http.js';
import { createBuildsOn } from '../../src/create-builds.js';
import type { BuildEvent } from '../../src/observability/events.js';
import { outboxOn } from '../../src/outbox/outbox.js';
import { buildableProject } from '../../src/testing/builders.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';
import { notice } from '../adapters/notify/support/notices.js';
import { callFor, serve } from '../adapters/wrk-http/raw-server.js';
import { fakeRuntime } from '../support/fake-runtime.js';
import { until } from '../support/until.js';

const MINUTE_MS = 60_000;

/** A build from its request to its end, by a WRK that is slow and fails twice; everything that was told, and how long it took. */
async function buildSlowly(seed: number) {
  const time = fakeRuntime({ seed });
  const fake = createFakeWrk({ now: time.wallClockMs, latencyMs: MINUTE_MS });
  fake.script(wrkBehaviour.answers(503), wrkBehaviour.answers(503));
  const events: BuildEvent[] = [];
  const memory = memoryStorageOn(time);
  const storage = outboxOn(time, memoryEngine({ now: time.wallClockMs }), memory);
  const sleep = (ms: number) => new Promise<void>((resolve) => void time.setTimer(ms, resolve));
  const builds = createBuildsOn(time, {
    ...storage,
    wrk: fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' }, deadlineMs: 2 * MINUTE_MS, sleep }),
    notifiers: { email: memory.inAppNotifier, inApp: memory.inAppNotifier },
    resolveRecipients: async ({ audience }) => [{ id: audience }],
    onEvent: (event) => events.push(event),
  });
  const { rows, tenantId, versionId: automationVersionId } = buildableProject({ name: 'project' });
  await memory.host.insert(rows);
  await time.finish(
    builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' }).unwrapOr(null),
  );
  const workers = builds.startWorkers();
  for (
    let seconds = 0;
    seconds < 1_800 && !events.some(({ type }) => type === 'build_completed');
    seconds += 1
  )
    await time.advance(1_000);
  await time.finish(workers.drain());
  await time.finish(workers.stop());
  return { events, ms: time.monotonicMs(), timers: time.timers(), calls: fake.calls().length };
}

describe('a runtime that a test owns', () => {
  it('has all the time and chance of the library: minutes pass at once, and nothing else is waited for', async () => {
    const spies = (['setTimeout', 'setInterval'] as const).map((name) => vi.spyOn(globalThis, name));
    onTestFinished(() => void vi.restoreAllMocks());
    const { events, ms, timers, calls } = await buildSlowly(1);
    expect(spies.map((spy) => spy.mock.calls.length)).toEqual([0, 0]);
    expect(events.map(({ type }) => type)).toContain('build_completed');
    expect([calls, timers]).toEqual([3, 0]);
    expect(ms).toBeGreaterThan(3 * MINUTE_MS);
  });

  it('gives the same again for the same seed, and something else for another', async () => {
    const [first, again, other] = [await buildSlowly(1), await buildSlowly(1), await buildSlowly(2)];
    expect(again).toEqual(first);
    expect(other.events).not.toEqual(first.events);
  });
});

describe('on a runtime that a test owns', () => {
  const time = fakeRuntime();
  const never = () => new Promise<never>(() => {});

  it('a call to WRK ends at its deadline', async () => {
    const server = await serve(() => {});
    const wrk = wrkHttpOn(time, { baseUrl: server.url, duplicates: { by: 'idempotency-key' } });
    const answer = wrk.createWorkflow(callFor());
    await until(() => server.seen.length > 0);
    expect(await time.finish(answer)).toEqual({
      kind: 'network_failure',
      detail: 'no answer came within 30000 ms',
    });
  });

  it('a webhook has its time in its header, and is given up after its timeout', async () => {
    const server = await serve(() => {});
    const webhook = webhookNotifierOn(time, {
      url: server.url,
      Webhook,
      secret: secret(`whsec_${'a'.repeat(32)}`),
    });
    const at = Math.floor(time.wallClockMs() / 1_000);
    const delivery = webhook.deliver(notice());
    await until(() => server.seen.length > 0);
    expect(await time.finish(delivery)).toMatchObject({ status: 'failed', retryable: true });
    expect(server.seen[0]?.request.headers['webhook-timestamp']).toBe(`${at}`);
    expect(time.timers()).toBe(0);
  });

  it('Slack is posted to again once its pause is over', async () => {
    let posts = 0;
    const server = await serve((response) => {
      posts += 1;
      if (posts === 1) response.writeHead(429, { 'retry-after': '30' }).end();
      else response.end('ok');
    });
    const slack = slackNotifierOn(time, {
      webhookUrl: secret(server.url),
      links: { baseUrl: 'https://app.example' },
    });
    await slack.deliver(notice());
    await time.advance(29_999);
    expect(await slack.deliver(notice())).toMatchObject({ status: 'failed', retryAfterMs: 1 });
    await time.advance(1);
    expect(await slack.deliver(notice())).toEqual({ status: 'delivered' });
    expect(posts).toBe(2);
  });

  it('a pool that gives no connection is given up', async () => {
    const { query } = nodePostgresOn(time, { connect: never });
    const before = time.monotonicMs();
    const asked = time.finish(query({ name: 'one', text: 'select 1' }, []));
    await expect(asked).rejects.toMatchObject({ code: 'unreachable' });
    expect(time.monotonicMs() - before).toBe(5_000);
  });

  it('an embedded database yields before each statement', async () => {
    const steps: string[] = [];
    const yieldToEventLoop = async () => void steps.push('yield');
    const query = async (text: string) => {
      steps.push(text);
      return { rows: [] };
    };
    const instance = { query, exec: never, transaction: never };
    const database = pgliteOn({ ...time, yieldToEventLoop }, instance);
    await database.query({ name: 'one', text: 'select 1' }, []);
    expect(steps).toEqual(['yield', 'select 1']);
  });

  it('a request over HTTP gets its id, and is measured', async () => {
    const answered: AnsweredRequest[] = [];
    const memory = memoryStorageOn(time);
    const builds = createBuildsOn(time, {
      ...memory,
      wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
      notifiers: { email: memory.inAppNotifier, inApp: memory.inAppNotifier },
      resolveRecipients: async () => [],
    });
    const handler = createBuildsHandlerOn(
      { ...time, newId: () => 'the-id' },
      {
        builds,
        authenticate: async () => {
          await new Promise<void>((resolve) => void time.setTimer(70, resolve));
          return null;
        },
        roles: { operate_builds: ['ops_build'] },
        onAnswer: (each) => answered.push(each),
      },
    );
    const response = await time.finish(handler(new Request('https://app.example/v1/admin/builds')));
    expect(response.status).toBe(401);
    expect(answered).toMatchObject([{ requestId: 'the-id', durationMs: 70 }]);
  });
});
