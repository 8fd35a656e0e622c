import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { CircuitBreakerOptions } from '../../../src/core/circuit-breaker/circuit-breaker.js';
import { createBuilds } from '../../../src/create-builds.js';
import type { BuildsOptions } from '../../../src/input/builds-options.js';
import type { BuildEvent } from '../../../src/observability/events.js';
import { buildableProject, OTHER_TENANT, TENANT } from '../../../src/testing/builders.js';
import { capabilityOf } from '../../../src/testing/contracts/support/capability-of.js';
import * as given from '../../../src/testing/contracts/support/given.js';
import type { StorageHarness } from '../../../src/testing/storage-harness.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import type { WorkerOptions } from '../../../src/workers/start-workers.js';
import { portsOf } from '../../support/ports-of.js';
import { latch, until } from '../../support/until.js';

/** Longer than any test. */
const NEVER_MS = 3_600_000;

/** A circuit breaker that is tried again and again. */
const EAGER: CircuitBreakerOptions = { initialProbeDelayMs: 2, maxProbeDelayMs: 8 };

/** A circuit breaker that nobody tries as long as the test lasts. */
const PATIENT: CircuitBreakerOptions = { initialProbeDelayMs: NEVER_MS, maxProbeDelayMs: NEVER_MS };

/** What the workers of one or several processes do while WRK refuses, or is down: the same on every store. */
export function circuitBreakerSuite<Tx>(open: () => Promise<StorageHarness<Tx>>): void {
  let store: StorageHarness<Tx>;
  beforeAll(async () => {
    store = await open();
  });
  beforeEach(() => store.clear());
  afterAll(() => store.close());

  /** A process over the store. All processes of a test share `fake`. */
  const openProcess = (
    policy: CircuitBreakerOptions,
    fake = createFakeWrk(),
    more: Partial<BuildsOptions<Tx>> = {},
  ) => {
    const events: BuildEvent[] = [];
    const told: string[] = [];
    const keep = {
      deliver: async ({ message }: { message: { template: string; errorReason: string | null } }) => {
        if (message.template.startsWith('wrk_')) told.push(`${message.template}: ${message.errorReason}`);
        return { status: 'delivered' as const };
      },
    };
    const wrk = fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } });
    const builds = createBuilds<Tx>({
      ...portsOf(store),
      wrk,
      circuitBreaker: policy,
      notifiers: { email: keep, inApp: store.inAppNotifier },
      resolveRecipients: async ({ audience }) => [{ id: audience }],
      retry: { initialDelayMs: 1, jitter: 0 },
      onEvent: (event) => events.push(event),
      ...more,
    });
    return {
      fake,
      wrk,
      builds,
      events,
      /** The e-mails about the breaker. */
      told,
      count: (type: BuildEvent['type']) => events.filter((event) => event.type === type).length,
      start: (options: WorkerOptions = {}) => {
        const workers = builds.startWorkers({ pollIntervalMs: 2, ...options });
        onTestFinished(() => workers.stop({ graceMs: 0 }));
        return workers;
      },
      accept: async (name: string, tenantId = TENANT) => {
        const { rows, versionId } = buildableProject({ name, tenantId });
        await store.host.insert(rows);
        const request = { tenantId, automationVersionId: versionId, trigger: 'auto_build' } as const;
        return (await builds.requestBuild(request))._unsafeUnwrap().bindingId;
      },
    };
  };
  const statuses = async () => (await store.libraryRows()).bindings.map(({ status }) => status).toSorted();
  const names = (count: number) => Array.from({ length: count }, (_, n) => `project ${n}`);

  it('one refusal of our credentials keeps all other builds back, and ops are told once', async () => {
    const host = openProcess(PATIENT);
    host.fake.otherwise(() => wrkBehaviour.answers(401));
    for (const name of names(8)) await host.accept(name);
    await host.accept('theirs', OTHER_TENANT);
    // One build at a time: none is called beside the first.
    const workers = host.start({ concurrency: { builds: 1 } });
    await until(() => host.count('circuit_breaker_opened') === 1 && host.told.length === 1);
    // Time for some looks more; they find nothing to take.
    await new Promise((resolve) => setTimeout(resolve, 40));
    await workers.stop();

    expect(host.fake.calls()).toHaveLength(1);
    expect(host.told).toEqual(['wrk_unavailable: credentials_refused']);
    expect(await statuses(), 'nobody failed').toEqual(Array(9).fill('pending'));
    const { openCircuitBreakers } = await host.builds.stats();
    expect(openCircuitBreakers).toMatchObject([
      { tenantId: null, reason: 'credentials_refused', detail: 'WRK answered 401', probes: 0 },
    ]);
    expect(openCircuitBreakers[0]?.nextProbeInMs).toBeGreaterThan(NEVER_MS / 2);
    expect(await host.builds.health()).toMatchObject({ status: 'wrk_unavailable' });
  });

  it('it is tried with one build at a time, closes by itself, and every build comes to its end', async () => {
    const fake = createFakeWrk();
    let inFlight = 0;
    let most = 0;
    const base = openProcess(EAGER, fake);
    const options = {
      retry: { initialDelayMs: 1, jitter: 0, maxRetries: 999 },
      wrk: {
        ...base.wrk,
        createWorkflow: async (call: Parameters<typeof base.wrk.createWorkflow>[0]) => {
          inFlight += 1;
          most = Math.max(most, inFlight);
          // Long enough for the other process to look several times meanwhile.
          await new Promise((resolve) => setTimeout(resolve, 10));
          inFlight -= 1;
          return base.wrk.createWorkflow(call);
        },
      },
    };
    const [one, other] = [openProcess(EAGER, fake, options), openProcess(EAGER, fake, options)];
    fake.otherwise(() => wrkBehaviour.answers(503));
    await one.accept('first');
    const workers = [one.start({ concurrency: { builds: 1 } })];
    const told = () => [...one.told, ...other.told];
    await until(() => one.count('circuit_breaker_opened') === 1);
    most = 0;
    for (const name of names(8)) await one.accept(name);
    workers.push(other.start());
    const probes = () =>
      one.count('circuit_breaker_probe_failed') + other.count('circuit_breaker_probe_failed');
    await until(() => probes() >= 5);
    expect(most, 'calls at once while it was open').toBe(1);

    fake.otherwise(() => wrkBehaviour.creates());
    await until(async () => (await statuses()).every((status) => status === 'active'));
    await until(() => told().length === 2);
    await Promise.all(workers.map((each) => each.stop()));
    expect(told()).toEqual(['wrk_unavailable: consecutive_failures', 'wrk_available: consecutive_failures']);
    expect(one.count('circuit_breaker_closed') + other.count('circuit_breaker_closed')).toBe(1);
    expect([...fake.workflowsByReference().values()]).toEqual(Array(9).fill(1));
    expect((await one.builds.stats()).openCircuitBreakers).toEqual([]);
    const left = await capabilityOf(store, 'circuitBreakers').load([TENANT]);
    expect(left, 'but when ops were told').toMatchObject([
      { tenantId: TENANT, failures: 0, open: null, told: { reason: 'consecutive_failures' } },
    ]);
  });

  it('builds go on at once in the process whose probe succeeds, without a poll in between', async () => {
    const host = openProcess(PATIENT);
    for (const name of names(4)) await host.accept(name);
    await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
    // It takes the probe, finds nothing more, and waits; whatever it does then it was woken for.
    const workers = host.start({ concurrency: { builds: 4, notifications: 0 }, pollIntervalMs: NEVER_MS });
    await until(() => host.count('build_completed') === 4);
    expect(host.count('circuit_breaker_closed')).toBe(1);
    await workers.stop({ graceMs: 0 });
  });

  it('failures in a row open it across builds, and a success in between begins the count anew', async () => {
    const host = openProcess({ ...PATIENT, failureThreshold: 3 });
    const down = wrkBehaviour.answers(503);
    const retry = { initialDelayMs: NEVER_MS, jitter: 0 };
    const slow = openProcess({ ...PATIENT, failureThreshold: 3 }, host.fake, { retry });
    host.fake.script(down, down, wrkBehaviour.answers(422), down, down, down);
    for (const name of names(9)) await slow.accept(name);
    const workers = slow.start({ concurrency: { builds: 1 } });
    await until(() => slow.count('circuit_breaker_opened') === 1);
    await workers.stop();
    expect(host.fake.calls()).toHaveLength(6);
    expect(await statuses()).toEqual(['error', ...Array(8).fill('pending')]);
  });

  it('a tenant that WRK turns away waits alone, and is tried alone', async () => {
    const host = openProcess(EAGER, createFakeWrk(), {
      retry: { initialDelayMs: 1, jitter: 0, maxRetries: 999 },
    });
    let refused = true;
    host.fake.otherwise(({ tenantId }) =>
      refused && tenantId === TENANT ? wrkBehaviour.answers(403) : wrkBehaviour.creates(),
    );
    for (const name of names(3)) await host.accept(name);
    const workers = host.start({ concurrency: { builds: 1 } });
    await until(() => host.count('circuit_breaker_opened') === 1);
    for (const name of names(3)) await host.accept(name, OTHER_TENANT);
    await until(() => host.count('build_completed') === 3 && host.count('circuit_breaker_probe_failed') >= 3);
    expect(await statuses()).toEqual([...Array(3).fill('active'), ...Array(3).fill('pending')]);
    expect(await host.builds.health()).toMatchObject({
      status: 'wrk_refuses_tenants',
      findings: [{ tenantIds: [TENANT] }],
    });
    refused = false;
    await until(() => host.count('build_completed') === 6 && host.told.length === 2);
    await workers.stop();
    expect(host.told).toEqual(['wrk_unavailable: tenant_refused', 'wrk_available: tenant_refused']);
    const about = new Set(
      host.events.flatMap((event) => ('of' in event ? [`${event.of} ${event.tenantId}`] : [])),
    );
    expect([...about]).toEqual([`tenant ${TENANT}`]);
  });

  it('two processes that see WRK refuse at one moment open it once, and ops are told once', async () => {
    const fake = createFakeWrk({ latencyMs: 20 });
    fake.otherwise(() => wrkBehaviour.answers(401));
    const [one, other] = [openProcess(PATIENT, fake), openProcess(PATIENT, fake)];
    for (const name of names(12)) await one.accept(name);
    const workers = [one.start({ concurrency: { builds: 3 } }), other.start({ concurrency: { builds: 3 } })];
    const answered = () => one.count('wrk_answered') + other.count('wrk_answered');
    await until(() => answered() >= 2 && one.told.length + other.told.length > 0);
    await Promise.all(workers.map((each) => each.stop()));
    expect(one.count('circuit_breaker_opened') + other.count('circuit_breaker_opened')).toBe(1);
    expect([...one.told, ...other.told]).toEqual(['wrk_unavailable: credentials_refused']);
  });

  it('a process that dies while its build tries WRK is followed by another build', async () => {
    const fake = createFakeWrk();
    const base = openProcess(EAGER, fake);
    for (const name of names(3)) await base.accept(name);
    await given.openCircuitBreaker(store, { nextProbeInMs: 0 });

    // Its call does not come back, and it writes nothing more, until the test is over.
    const { open: bury, passed: buried } = latch();
    let isDead = false;
    const dying = openProcess(EAGER, fake, {
      wrk: {
        ...base.wrk,
        createWorkflow: async () => {
          isDead = true;
          await buried;
          return { kind: 'aborted', detail: 'the process is dead' };
        },
      },
      repository: {
        ...store.repository,
        extendLeases: async (leases, options) => {
          if (isDead) await buried;
          return store.repository.extendLeases(leases, options);
        },
      },
    });
    dying.start({ concurrency: { builds: 1, notifications: 0 }, leaseMs: 300 });
    onTestFinished(bury);
    await until(() => isDead);
    const survivor = openProcess(EAGER, fake);
    const workers = survivor.start({ concurrency: { notifications: 0 }, sweepIntervalMs: 50 });
    await until(async () => (await statuses()).every((status) => status === 'active'));
    await workers.stop();
    expect(dying.count('wrk_answered'), 'it is still dead').toBe(0);
    expect([...fake.workflowsByReference().values()]).toEqual([1, 1, 1]);
    expect(survivor.count('circuit_breaker_closed')).toBe(1);
  });

  it('a build that has no need of a call leaves the try to the next at once', async () => {
    const host = openProcess(PATIENT);
    await host.accept('archived');
    const { versionId } = buildableProject({ name: 'archived' });
    await store.host.update('automationVersions', versionId, { status: 'Archived' });
    await host.accept('last');
    await given.openCircuitBreaker(store, { nextProbeInMs: 0 });
    const workers = host.start({ concurrency: { builds: 1, notifications: 0 }, leaseMs: NEVER_MS });
    await until(() => host.count('build_completed') === 1);
    await workers.stop();
    const ends = host.events.filter(({ type }) => ['build_failed', 'build_completed'].includes(type));
    expect(ends.map(({ type }) => type)).toEqual(['build_failed', 'build_completed']);
    expect(host.fake.calls()).toHaveLength(1);
  });

  it('reports that cannot be written are told of, and every build comes to its end', async () => {
    const host = openProcess(EAGER, createFakeWrk(), {
      circuitBreakers: {
        ...capabilityOf(store, 'circuitBreakers'),
        load: async () => {
          throw new Error('the database is away');
        },
      },
    });
    host.fake.script(wrkBehaviour.answers(503));
    await host.accept('first');
    const workers = host.start({ concurrency: { notifications: 0 } });
    await until(() => host.count('build_completed') === 1);
    await workers.stop();
    expect(host.events).toContainEqual({
      type: 'worker_problem',
      worker: 'circuit_breaker',
      problem: 'the database is away',
    });
  });
}
