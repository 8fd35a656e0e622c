import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { OTHER_TENANT, outgoingNotification, TENANT } from '../../src/testing/builders.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { latch, until } from '../support/until.js';
import * as when from '../support/when.js';

/** Longer than any test. */
const FOR_EVER_MS = 3_600_000;

describe('builds under limits', () => {
  it('are never more in all processes than they may be, and all come to their end', async () => {
    let held = 0;
    let most = 0;
    const base = given.app(memoryStorage());
    const createWorkflow: typeof base.wrk.createWorkflow = async (call) => {
      held += 1;
      most = Math.max(most, held);
      await new Promise((resolve) => setTimeout(resolve, 2));
      held -= 1;
      return base.wrk.createWorkflow(call);
    };
    const options = { wrk: { ...base.wrk, createWorkflow }, limits: { concurrency: { global: 3 } } };
    const one = given.app(base.store, { fake: base.fake, ...options });
    const other = given.app(base.store, { fake: base.fake, ...options });
    for (let n = 0; n < 12; n += 1) await given.requestedBuild(one, `project ${n}`);
    const workers = [when.startBuilds(one), when.startBuilds(other)];
    await until(() => then.count(one, 'build_completed') + then.count(other, 'build_completed') === 12);
    await Promise.all(workers.map((each) => each.stop()));
    expect(most).toBe(3);
    expect(base.fake.workflows()).toHaveLength(12);
  });

  it('follow each other without a poll in between', async () => {
    const base = given.app(memoryStorage());
    const { queue } = base.store;
    const host = given.app(base.store, {
      fake: base.fake,
      limits: { concurrency: { perTenant: 1 } },
      wrk: {
        ...base.wrk,
        // Long enough for the worker to find no capacity for the next, and to wait.
        createWorkflow: async (call) => {
          await new Promise((resolve) => setTimeout(resolve, 30));
          return base.wrk.createWorkflow(call);
        },
      },
      // What a limit keeps back is due again by the time that the build before it has ended.
      queue: { ...queue, postpone: (message) => queue.postpone(message, { delayMs: 0 }) },
    });
    for (const name of ['a', 'b', 'c']) await given.requestedBuild(host, name);
    const workers = when.startBuilds(host, { pollIntervalMs: FOR_EVER_MS });
    await when.happened(host, 'build_completed', 3);
    await workers.stop();
    expect(base.fake.workflows()).toHaveLength(3);
  });

  it('are refused where they make no sense', () => {
    expect(() => given.app(memoryStorage(), { limits: { concurrency: { global: -1 } } })).toThrow(TypeError);
    expect(() => given.app(memoryStorage(), { retention: { deadLettersMs: -1 } })).toThrow(TypeError);
  });
});

describe('what ops see of the queues', () => {
  it('is how much waits, how long, what is in hands, and what is dead', async () => {
    const { open, passed } = latch();
    const base = given.app(memoryStorage());
    const host = given.app(memoryStorage(), {
      wrk: {
        ...base.wrk,
        createWorkflow: async (call) => {
          await passed;
          return base.wrk.createWorkflow(call);
        },
      },
    });
    await given.requestedBuild(host, 'a');
    await given.requestedBuild(host, 'b');
    const workers = when.startBuilds(host, { concurrency: { builds: 1 } });
    await when.happened(host, 'build_claimed');
    const stats = await host.builds.stats();
    expect(stats).toMatchObject({
      buildRequests: { waiting: 1, oldestDueMs: expect.any(Number), dead: 0 },
      notifications: { waiting: 6, inFlight: 0, dead: 0 },
      buildsInFlight: 1,
    });
    open();
    await when.happened(host, 'build_completed', 2);
    await workers.stop();
  });

  it('are the dead letters of a tenant, which come back when they are redriven, and wake the workers', async () => {
    const host = given.app(memoryStorage(), { delivery: { maxAttempts: 1 } });
    await when.enqueue(
      { ...host.store, passTime: async () => {}, close: async () => {} },
      outgoingNotification('ours'),
      outgoingNotification('theirs', { tenantId: OTHER_TENANT }),
    );
    const { queue } = host.store;
    for (const message of await queue.claim('notifications', { limit: 10, leaseMs: 1_000 }))
      await queue.deadLetter(message, 'nobody was reached');

    const workers = when.start(host, { concurrency: { builds: 0 }, pollIntervalMs: FOR_EVER_MS });
    await until(async () => (await host.builds.stats()).notifications.inFlight === 0);
    const letters = await host.builds.deadLetters({ tenantId: TENANT });
    expect(letters).toMatchObject([{ tenantId: TENANT, reason: 'nobody was reached' }]);
    expect(await host.builds.redrive({ tenantId: TENANT, ids: letters.map(({ id }) => id) })).toBe(1);
    await when.happened(host, 'notification_sent');
    await workers.stop();
    expect(await host.builds.deadLetters({ tenantId: TENANT })).toEqual([]);
    expect(await host.builds.deadLetters({ tenantId: OTHER_TENANT })).toHaveLength(1);
    expect(await host.builds.redrive({ tenantId: TENANT }), 'nothing is left').toBe(0);
    expect(host.events.filter(({ type }) => type === 'dead_letters_redriven')).toEqual([
      { type: 'dead_letters_redriven', tenantId: TENANT, messages: 1 },
    ]);
  });
});

describe('rows that nothing works on any more', () => {
  it('are removed by running workers, who tell of it', async () => {
    let now = Date.parse('2031-01-01T00:00:00.000Z');
    const host = given.app(memoryStorage({ now: () => now }));
    await given.requestedBuild(host);
    const first = when.start(host);
    await when.happened(host, 'notification_sent', 6);
    await first.drain();
    await first.stop();
    expect((await host.store.libraryRows()).deliveries).toHaveLength(6);
    now += 32 * 86_400_000;
    const workers = when.start(host, { retentionSweepIntervalMs: 1 });
    await when.happened(host, 'old_rows_removed');
    await workers.stop();
    expect((await host.store.libraryRows()).deliveries).toEqual([]);
    expect(host.events.filter(({ type }) => type === 'old_rows_removed')).toEqual([
      { type: 'old_rows_removed', deadLetters: 0, deliveries: 6, idempotencyAnswers: 0 },
    ]);
    expect(await then.bindings(host), 'the history stays').toHaveLength(1);
    expect(await then.calls(host)).toHaveLength(1);
  });
});
