import { onTestFinished } from 'vitest';
import { memoryStorage } from '../../../src/adapters/memory/index.js';
import { createBuilds } from '../../../src/create-builds.js';
import type { BuildsOptions } from '../../../src/input/builds-options.js';
import type { BuildEvent } from '../../../src/observability/events.js';
import { buildableProject } from '../../../src/testing/builders.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import type { WorkerOptions } from '../../../src/workers/start-workers.js';
import { until } from './until.js';

type Storage = ReturnType<typeof memoryStorage>;
type MemoryTx = Parameters<Storage['queue']['enqueue']>[0];

/** What a host is told besides the defaults: everybody is reached, and nobody is there to be. */
export type HostOptions = Partial<BuildsOptions<MemoryTx>>;

/** A process that uses the library, over a store in memory that others may use as well. */
export function openHost(options: HostOptions = {}, store = memoryStorage(), fake = createFakeWrk()) {
  const events: BuildEvent[] = [];
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
  const wrk = fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } });
  const builds = createBuilds({
    ...store,
    wrk,
    notifiers: { email: nobody, inApp: store.inAppNotifier },
    resolveRecipients: async ({ audience }) => [{ id: audience }],
    retry: { initialDelayMs: 1, jitter: 0 },
    onEvent: (event) => events.push(event),
    ...options,
  });
  const count = (type: BuildEvent['type']) => events.filter((event) => event.type === type).length;
  return {
    store,
    fake,
    wrk,
    builds,
    events,
    count,
    happened: (type: BuildEvent['type'], times = 1) => until(() => count(type) >= times),
    /** Starts workers that look often; those of a test that fails half-way are stopped after it. */
    start: (workerOptions: WorkerOptions = {}) => {
      const workers = builds.startWorkers({ pollIntervalMs: 2, ...workerOptions });
      onTestFinished(() => workers.stop({ graceMs: 0 }));
      return workers;
    },
    /** Puts a project of this name into the store and requests its build; gives the id of the binding. */
    accept: async (name = 'project') => {
      const { rows, tenantId, versionId } = buildableProject({ name });
      await store.host.insert(rows);
      const answer = await builds.requestBuild({
        tenantId,
        automationVersionId: versionId,
        trigger: 'auto_build',
      });
      return answer._unsafeUnwrap().bindingId;
    },
    /** Removes every message that wakes a worker for a build, as a queue that was flushed would. */
    flushBuildRequests: async () => {
      await store.queue.acknowledge(await store.queue.claim('build-requests', { limit: 1_000, leaseMs: 1 }));
    },
    bindings: async () => (await store.libraryRows()).bindings,
    calls: async () => (await store.libraryRows()).calls,
  };
}

/** A latch that is shut until it is opened. */
export function latch() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}
