import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { buildRequestMessage } from '../../src/core/build/messages.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { latch, until } from '../support/until.js';
import * as when from '../support/when.js';

/** Longer than any test. */
const FOR_EVER_MS = 3_600_000;

describe('workers', () => {
  it('carry out what is requested, and tell everybody, without being polled', async () => {
    const host = given.app(memoryStorage());
    const workers = when.start(host, { pollIntervalMs: FOR_EVER_MS });
    await until(async () => (await host.store.queue.stats('notifications')).waiting === 0);
    await given.requestedBuild(host);
    await when.happened(host, 'build_completed');
    // Three for the start and three for the end; a build that ends wakes those who tell of it.
    await when.happened(host, 'notification_sent', 6);
    await workers.stop();
    expect(await then.bindings(host)).toMatchObject([{ status: 'active' }]);
  });

  it('leave builds alone that are none of their business, and notifications', async () => {
    const host = given.app(memoryStorage());
    await given.requestedBuild(host, 'a');
    const notifying = when.start(host, { concurrency: { builds: 0 } });
    await when.happened(host, 'notification_sent', 3);
    await notifying.stop();
    expect(host.fake.calls()).toEqual([]);

    const building = when.startBuilds(host);
    await when.happened(host, 'build_completed');
    await building.stop();
    expect(then.count(host, 'notification_sent')).toBe(3);
    expect(await host.store.queue.stats('notifications')).toMatchObject({ waiting: 3 });
  });

  it('hold no more builds at once than they may', async () => {
    let held = 0;
    let most = 0;
    const base = given.app(memoryStorage());
    const host = given.app(memoryStorage(), {
      wrk: {
        ...base.wrk,
        createWorkflow: async (call) => {
          held += 1;
          most = Math.max(most, held);
          await new Promise((resolve) => setTimeout(resolve, 1));
          held -= 1;
          return base.wrk.createWorkflow(call);
        },
      },
    });
    for (let n = 0; n < 12; n += 1) await given.requestedBuild(host, `project ${n}`);
    const workers = when.startBuilds(host, { concurrency: { builds: 3 } });
    await when.happened(host, 'build_completed', 12);
    await workers.stop();
    expect(most).toBe(3);
  });

  it('of two processes share the work, and carry out each build once', async () => {
    const one = given.app(memoryStorage());
    const other = given.app(one.store, { fake: one.fake });
    for (let n = 0; n < 20; n += 1) await given.requestedBuild(one, `project ${n}`);
    const workers = [
      when.start(one, { concurrency: { builds: 2 } }),
      when.start(other, { concurrency: { builds: 2 } }),
    ];
    await until(() => then.count(one, 'build_completed') + then.count(other, 'build_completed') === 20);
    await Promise.all(workers.map((each) => each.stop()));
    expect([one.fake.calls().length, one.fake.workflows().length]).toEqual([20, 20]);
  });

  it('go on after a problem with the database, and tell of it', async () => {
    const base = given.app(memoryStorage());
    let takes = 0;
    const host = given.app(base.store, {
      fake: base.fake,
      queue: {
        ...base.store.queue,
        claim: async (queue, limits) => {
          takes += 1;
          if (takes <= 2) throw new Error('the database is away');
          return base.store.queue.claim(queue, limits);
        },
      },
    });
    await given.requestedBuild(host);
    const workers = when.start(host);
    await when.happened(host, 'build_completed');
    await workers.stop();
    const problems = host.events.filter(({ type }) => type === 'worker_problem');
    const problem = { type: 'worker_problem', problem: 'the database is away' };
    expect(problems).toHaveLength(2);
    expect(problems).toEqual(
      expect.arrayContaining([
        { ...problem, worker: 'build-requests' },
        { ...problem, worker: 'notifications' },
      ]),
    );
  });

  it('settle a message that leads to no build, and tell of the one that they refuse', async () => {
    const host = given.app(memoryStorage());
    const bindingId = '30000000-0000-4000-8000-000000000000';
    const tenantId = '30000000-0000-4000-8000-000000000001';
    await host.store.repository.transaction(async (tx) => {
      await host.store.queue.enqueue(tx, [
        buildRequestMessage({ tenantId, bindingId, requestId: 'r', priority: 0 }, 0),
      ]);
      return ok(undefined);
    });
    const workers = when.start(host);
    await when.happened(host, 'message_dead_lettered');
    await workers.stop();
    const [letter] = await host.store.deadLetters.list({ tenantId, limit: 1 });
    expect(host.events).toEqual([
      {
        type: 'message_dead_lettered',
        queue: 'build-requests',
        tenantId,
        messageId: letter?.id,
        reason: 'names a build that does not exist for its tenant',
      },
    ]);
  });
});

describe('draining', () => {
  it('ends when every build and every notification is done, waits and retries included', async () => {
    const host = given.app(memoryStorage());
    host.fake.script(wrkBehaviour.answers(503), wrkBehaviour.answers(500));
    for (const name of ['a', 'b', 'c']) await given.requestedBuild(host, name);
    const workers = when.start(host);
    await workers.drain();
    await workers.stop();
    expect([then.count(host, 'build_completed'), then.count(host, 'build_rescheduled')]).toEqual([3, 2]);
    expect(then.count(host, 'notification_sent')).toBe(3 * 6);
    for (const queue of ['build-requests', 'notifications'] as const) {
      expect(await host.store.queue.stats(queue)).toMatchObject({ waiting: 0, inFlight: 0, dead: 0 });
    }
  });

  it('does not end while a build is in somebody’s hands', async () => {
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
    await given.requestedBuild(host);
    const workers = when.start(host);
    let drained = false;
    const draining = workers.drain().then(() => {
      drained = true;
    });
    await when.happened(host, 'build_claimed');
    await until(async () => (await host.store.queue.stats('notifications')).waiting === 0);
    expect((await host.store.queue.stats('build-requests')).waiting, 'no message is left').toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(drained).toBe(false);
    open();
    await draining;
    await workers.stop();
    expect(then.count(host, 'build_completed')).toBe(1);
  });

  it('ends at once when there is nothing to do', async () => {
    const workers = when.start(given.app(memoryStorage()));
    await workers.drain();
    await workers.stop();
  });
});
