import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { useFakeTime } from '../support/fake-time.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { latch } from '../support/until.js';
import * as when from '../support/when.js';

/** Longer than any test. */
const FOR_EVER_MS = 3_600_000;

/** A host whose WRK answers when the latch is opened, or when the call is stopped. */
function openSlowHost() {
  const { open, passed } = latch();
  const base = given.app(memoryStorage());
  const signals: AbortSignal[] = [];
  const host = given.app(base.store, {
    fake: base.fake,
    wrk: {
      ...base.wrk,
      createWorkflow: async (call) => {
        signals.push(call.signal);
        const answer = await base.wrk.createWorkflow(call);
        const stopped = new Promise((resolve) => call.signal.addEventListener('abort', resolve));
        await Promise.race([passed, stopped]);
        return call.signal.aborted ? { kind: 'aborted', detail: 'the process stops' } : answer;
      },
    },
  });
  return { ...host, answer: open, signals };
}

describe('workers that stop', () => {
  it('finish what they hold, and take no more', async () => {
    const host = openSlowHost();
    await given.requestedBuild(host, 'held');
    const workers = when.startBuilds(host, { concurrency: { builds: 1 } });
    await when.happened(host, 'build_claimed');
    const stopping = workers.stop();
    await given.requestedBuild(host, 'came later');
    host.answer();
    await stopping;
    expect([then.count(host, 'build_completed'), then.count(host, 'build_claimed')]).toEqual([1, 1]);
    expect(await host.store.queue.stats('build-requests')).toMatchObject({ waiting: 1 });
  });

  it('rescheduled what is not done in time: at once for another process, and not counted against the build', async () => {
    const host = openSlowHost();
    const { bindingId } = await given.requestedBuild(host);
    const workers = when.startBuilds(host, { leaseMs: FOR_EVER_MS });
    await when.happened(host, 'build_claimed');
    await workers.stop({ graceMs: 0 });
    expect(host.events.at(-1)).toMatchObject({ type: 'build_rescheduled', bindingId, runInMs: 0 });
    expect(await then.calls(host), 'the call stays open').toMatchObject([{ number: 1, outcome: null }]);

    const next = given.app(host.store, { fake: host.fake, retry: { maxRetries: 0 } });
    const others = when.startBuilds(next);
    await when.happened(next, 'build_completed');
    await others.stop();
    const [first, second] = host.fake.calls();
    expect([second?.key, second?.bodyHash]).toEqual([first?.key, first?.bodyHash]);
    expect([...host.fake.workflowsByReference()]).toEqual([[bindingId, 1]]);
  });

  it('rescheduled what a claim brings that was under way, without calling for it', async () => {
    const { open, passed } = latch();
    const base = given.app(memoryStorage());
    let claims = 0;
    const host = given.app(base.store, {
      fake: base.fake,
      queue: {
        ...base.store.queue,
        claim: async (queue, limits) => {
          const messages = await base.store.queue.claim(queue, limits);
          claims += 1;
          await passed;
          return messages;
        },
      },
    });
    await given.requestedBuild(host);
    const workers = when.startBuilds(host);
    expect(claims).toBe(0);
    const stopping = workers.stop({ graceMs: 0 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(claims).toBe(1);
    open();
    await stopping;
    expect(host.fake.calls()).toEqual([]);
    expect(await then.calls(host)).toMatchObject([{ outcome: 'not_sent' }]);
    expect(await host.store.queue.stats('build-requests')).toMatchObject({ waiting: 1 });
  });

  it('do not wait for a notifier that never answers: its message comes again elsewhere', async () => {
    const hangs = { deliver: () => new Promise<never>(() => {}) };
    const host = given.app(memoryStorage(), { notifiers: { email: hangs, inApp: hangs } });
    await given.requestedBuild(host);
    const workers = when.start(host, { concurrency: { builds: 0 }, leaseMs: 20 });
    while ((await host.store.queue.stats('notifications')).inFlight === 0) await new Promise(setImmediate);
    await workers.stop({ graceMs: 0 });

    const next = given.app(host.store, { fake: host.fake });
    const others = when.start(next, { concurrency: { builds: 0 } });
    await when.happened(next, 'notification_sent', 3);
    await others.stop();
    expect(await host.store.queue.stats('notifications')).toMatchObject({ waiting: 0, inFlight: 0, dead: 0 });
  });

  it('are stopped after a sweep that was under way, and sweep no more', async () => {
    const { open, passed } = latch();
    const base = given.app(memoryStorage());
    let sweeps = 0;
    const host = given.app(memoryStorage(), {
      repository: base.store.repository,
      sweep: {
        ...base.store.sweep,
        findStranded: async () => {
          sweeps += 1;
          await passed;
          return { builds: [], nextCursor: null };
        },
      },
      queue: base.store.queue,
      auditLog: base.store.auditLog,
    });
    const useRealTime = useFakeTime();
    onTestFinished(useRealTime);
    const workers = when.start(host, { pollIntervalMs: 1_000, sweepIntervalMs: 1_000 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sweeps, 'one at a time').toBe(1);
    let stopped = false;
    const stopping = workers.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stopped).toBe(false);
    open();
    await stopping;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sweeps).toBe(1);
  });

  it('leave no timer behind, and may be stopped twice', async () => {
    const useRealTime = useFakeTime();
    onTestFinished(useRealTime);
    const workers = given.app(memoryStorage()).builds.startWorkers();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    await workers.stop();
    await workers.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
