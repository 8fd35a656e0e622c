import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type MemoryTx, memoryStorage } from '../../src/adapters/memory/index.js';
import type { AppOptions } from '../support/app.js';
import { useFakeTime } from '../support/fake-time.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { latch } from '../support/until.js';
import * as when from '../support/when.js';

const LEASE_MS = 60_000;

describe('a build in the hands of a worker', () => {
  let useRealTime: () => void;
  beforeEach(() => {
    useRealTime = useFakeTime();
  });
  afterEach(() => useRealTime());

  /** A host whose calls to WRK last until the latch is opened, or until they are stopped. */
  const openSlow = (options: AppOptions<MemoryTx> = {}, store = memoryStorage()) => {
    const { open, passed } = latch();
    const base = given.app(store);
    const createWorkflow: typeof base.wrk.createWorkflow = async (call) => {
      const answer = await base.wrk.createWorkflow(call);
      const stopped = new Promise((resolve) => call.signal.addEventListener('abort', resolve));
      await Promise.race([passed, stopped]);
      return call.signal.aborted ? { kind: 'aborted', detail: 'stopped' } : answer;
    };
    const host = given.app(base.store, { fake: base.fake, wrk: { ...base.wrk, createWorkflow }, ...options });
    return { ...host, answer: open, other: given.app(base.store, { fake: base.fake }) };
  };

  it('stays theirs however long the call lasts, and nobody else takes it', async () => {
    const host = openSlow();
    await given.requestedBuild(host);
    const workers = [
      when.start(host, { pollIntervalMs: 5_000, leaseMs: LEASE_MS }),
      when.start(host.other, { pollIntervalMs: 5_000, leaseMs: LEASE_MS }),
    ];
    await vi.advanceTimersByTimeAsync(20 * LEASE_MS);
    expect([then.count(host, 'build_claimed') + then.count(host.other, 'build_claimed')]).toEqual([1]);
    host.answer();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([then.count(host, 'lease_lost'), then.count(host.other, 'lease_lost')]).toEqual([0, 0]);
    expect(await then.bindings(host)).toMatchObject([{ status: 'active', fence: 2 }]);
    for (const each of workers) await each.stop();
  });

  it('is given up before the lease ends when the lease cannot be extended, and done by another', async () => {
    const store = memoryStorage();
    const extendLeases = async () => {
      throw new Error('the database is away');
    };
    const host = openSlow({ repository: { ...store.repository, extendLeases } }, store);
    await given.requestedBuild(host);
    // It looks once.
    const workers = when.startBuilds(host, {
      pollIntervalMs: 24 * LEASE_MS,
      leaseMs: LEASE_MS,
    });
    await vi.advanceTimersByTimeAsync(LEASE_MS - 1);
    await workers.stop();
    const events = host.events.map((event) => (event.type === 'worker_problem' ? event.worker : event.type));
    expect(events).toEqual([
      'request_accepted',
      'build_claimed',
      ...events.filter((event) => event === 'leases'),
      'wrk_answered',
      'build_rescheduled',
    ]);
    const others = when.startBuilds(host.other, { pollIntervalMs: 5_000 });
    await vi.advanceTimersByTimeAsync(10_000);
    await others.stop();
    expect(await then.bindings(host)).toMatchObject([{ status: 'active' }]);
    expect(host.fake.workflows()).toHaveLength(1);
  });

  it('whose commit throws is told of, and done again from the recorded answer when the lease has run out', async () => {
    const base = given.app(memoryStorage());
    let completions = 0;
    const host = given.app(base.store, {
      fake: base.fake,
      auditLog: {
        ...base.store.auditLog,
        append: async (tx, entries) => {
          if (entries.some(({ actionType }) => actionType === 'build_complete') && ++completions === 1) {
            throw new Error('the database is away');
          }
          await base.store.auditLog.append(tx, entries);
        },
      },
    });
    const { bindingId } = await given.requestedBuild(host);
    const workers = when.startBuilds(host, {
      pollIntervalMs: 5_000,
      leaseMs: LEASE_MS,
      sweepIntervalMs: 30_000,
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(host.events.at(-1)).toEqual({
      type: 'worker_problem',
      worker: 'build-requests',
      problem: 'the database is away',
    });
    expect(await then.bindings(host), 'nothing of it stays').toMatchObject([{ status: 'pending' }]);

    await vi.advanceTimersByTimeAsync(2 * LEASE_MS);
    await workers.stop();
    expect(await then.bindings(host)).toMatchObject([{ status: 'active' }]);
    expect(host.fake.calls()).toHaveLength(1);
    expect([...host.fake.workflowsByReference()], 'by WRK’s own count').toEqual([[bindingId, 1]]);
    expect(
      (await host.store.libraryRows()).audit.filter((row) => row.action_type === 'build_complete'),
    ).toHaveLength(1);
  });
});

describe('a notification that nobody takes', () => {
  it('never affects its build', async () => {
    const broken = {
      deliver: async () => {
        throw new Error('no mail today');
      },
    };
    const host = given.app(memoryStorage(), {
      notifiers: { email: broken, inApp: broken },
      delivery: { maxAttempts: 2, initialDelayMs: 1 },
    });
    await given.requestedBuild(host);
    const workers = when.start(host);
    await workers.drain();
    await workers.stop();
    expect(await then.bindings(host)).toMatchObject([{ status: 'active' }]);
    expect(then.count(host, 'message_dead_lettered')).toBe(6);
    const [{ tenant_id: tenantId } = {}] = await then.bindings(host);
    expect(await host.store.deadLetters.list({ tenantId: `${tenantId}`, limit: 10 })).toHaveLength(6);
  });
});
