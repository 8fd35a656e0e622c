import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { TENANT } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

describe('a build whose message was lost', () => {
  it('is found by a sweep, and is carried out', async () => {
    const host = given.app(memoryStorage());
    await given.requestedBuild(host);
    await given.flushedQueue(host);
    const workers = when.start(host, { sweepIntervalMs: 1 });
    await when.happened(host, 'build_completed');
    await workers.stop();
    expect(host.events.filter(({ type }) => type === 'sweep_finished')).toEqual([
      { type: 'sweep_finished', strandedBuilds: 1 },
    ]);
    expect(host.fake.calls()).toHaveLength(1);
  });

  it('is found by whoever asks for it, however often they ask', async () => {
    const host = given.app(memoryStorage());
    for (const name of ['a', 'b', 'c']) await given.requestedBuild(host, name);
    await given.flushedQueue(host);
    expect(await host.builds.reconcile()).toBe(3);
    expect(await host.builds.reconcile(), 'they have their messages again').toBe(0);
    expect(await host.store.queue.stats('build-requests')).toMatchObject({ waiting: 3 });
  });

  it('gets one message, and is carried out once, though many look for it at the same time', async () => {
    const host = given.app(memoryStorage());
    await given.requestedBuild(host);
    await given.flushedQueue(host);
    await Promise.all(Array.from({ length: 10 }, () => host.builds.reconcile()));
    expect(await host.store.queue.stats('build-requests')).toMatchObject({ waiting: 1 });
    const workers = when.start(host);
    await workers.drain();
    await workers.stop();
    expect([then.count(host, 'build_claimed'), host.fake.calls().length]).toEqual([1, 1]);
  });

  it('keeps the id of the request that it came from', async () => {
    const host = given.app(memoryStorage());
    await given.requestedBuild(host);
    const [{ request_id: requestId } = {}] = await then.bindings(host);
    await given.flushedQueue(host);
    await host.builds.reconcile();
    const { messages } = await host.store.libraryRows();
    expect(messages.filter(({ queue }) => queue === 'build-requests')).toMatchObject([
      { body: { requestId } },
    ]);
  });

  it('is left alone while it is held, while it waits for its time, and once it has ended', async () => {
    let now = Date.parse('2031-01-01T00:00:00.000Z');
    const store = memoryStorage({ now: () => now });
    const host = given.app(store, { retry: { initialDelayMs: 60_000, jitter: 0 } });
    const { bindingId } = await given.requestedBuild(host);
    await given.flushedQueue(host);
    await store.repository.claimBuilds([{ tenantId: TENANT, bindingId }], { leaseMs: 1_000 });
    expect(await host.builds.reconcile(), 'held').toBe(0);
    now += 1_000;
    expect(await host.builds.reconcile(), 'its holder died').toBe(1);

    host.fake.script(wrkBehaviour.answers(503));
    const workers = when.start(host);
    await when.happened(host, 'build_rescheduled');
    await given.flushedQueue(host);
    expect(await host.builds.reconcile(), 'waits for its retry').toBe(0);
    now += 60_000;
    await given.flushedQueue(host);
    expect(await host.builds.reconcile(), 'its retry is due').toBe(1);
    await when.happened(host, 'build_completed');
    await workers.stop();
    expect(await host.builds.reconcile(), 'ended').toBe(0);
  });
});

describe('a sweep that fails', () => {
  it('is told of, and the next one comes all the same', async () => {
    const base = given.app(memoryStorage());
    let sweeps = 0;
    const host = given.app(base.store, {
      fake: base.fake,
      sweep: {
        ...base.store.sweep,
        findStranded: async (tx, options) => {
          sweeps += 1;
          if (sweeps === 1) throw new Error('the database is away');
          return base.store.sweep.findStranded(tx, options);
        },
      },
    });
    await given.requestedBuild(host);
    await given.flushedQueue(host);
    const workers = when.start(host, { sweepIntervalMs: 1 });
    await when.happened(host, 'build_completed');
    await workers.stop();
    expect(host.events.filter(({ type }) => type === 'worker_problem')).toEqual([
      { type: 'worker_problem', worker: 'sweep', problem: 'the database is away' },
    ]);
  });
});
