import { describe, expect, it } from 'vitest';
import { type MemoryStorage, type MemoryTx, memoryStorage } from '../../src/adapters/memory/index.js';
import { createBuilds } from '../../src/create-builds.js';
import { claimBuildsThroughQueue } from '../../src/handlers/claim-builds.js';
import { commitOneByOne } from '../../src/handlers/commit-one-by-one.js';
import type { BuildsOptions } from '../../src/input/builds-options.js';
import type { BuildEvent } from '../../src/observability/events.js';
import type { Capabilities } from '../../src/ports/capabilities.js';
import type { FusedStatements } from '../../src/ports/fused.js';
import { buildableProject } from '../../src/testing/builders.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';
import { until } from '../support/until.js';

type Port = 'repository' | 'queue' | 'auditLog' | 'fused' | keyof Capabilities<MemoryTx>;
type Storage = MemoryStorage & { readonly fused: FusedStatements };

/** A storage with fused statements: they write through its own ports, whatever `createBuilds` is passed. */
function fusedStorage(): Storage {
  const own = memoryStorage();
  const fused = { commit: commitOneByOne(own), claimDueBuilds: claimBuildsThroughQueue(own), insteadOf: own };
  return { ...own, fused };
}

/** The same port as an object of the host's, whose functions say that they were called. */
function told<P extends object>(
  name: string,
  port: P,
  only: readonly string[] | null,
  called: Set<string>,
): P {
  const members = Object.entries(port).map(([key, member]) => [
    key,
    typeof member === 'function' && (only === null || only.includes(key))
      ? (...given: unknown[]) => {
          // Notifications are claimed and settled through the queue in any case.
          const isSettled = key === 'claim' || key === 'acknowledge';
          if (!isSettled || !/"notifications"/.test(JSON.stringify(given))) called.add(`${name}.${key}`);
          return member(...given);
        }
      : member,
  ]);
  return Object.fromEntries(members);
}

/** One build from its request to its notification, with what the host has in the place of the storage's own ports. */
async function build(passed: (storage: Storage) => Partial<BuildsOptions<MemoryTx>>) {
  const storage = fusedStorage();
  const project = buildableProject();
  await storage.host.insert(project.rows);
  const fake = createFakeWrk();
  const events: BuildEvent[] = [];
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
  const builds = createBuilds<MemoryTx>({
    ...storage,
    wrk: fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } }),
    notifiers: { email: nobody, inApp: nobody },
    resolveRecipients: async ({ audience }) => [{ id: audience }],
    retry: { initialDelayMs: 1, jitter: 0 },
    onEvent: (event) => events.push(event),
    ...passed(storage),
  });
  const { tenantId, versionId: automationVersionId, projectId } = project;
  const request = () => ({ tenantId, automationVersionId, trigger: 'auto_build', userId: 'ada' }) as const;
  const work = async (type: BuildEvent['type']) => {
    const workers = builds.startWorkers({ pollIntervalMs: 2 });
    await until(() => events.some((event) => event.type === type));
    await until(async () => (await builds.stats()).notifications.waiting === 0);
    await workers.stop();
  };
  return { storage, builds, fake, events, tenantId, projectId, request, work };
}

/** Functions that a fused statement stands for, by the port. */
const FUSED: Readonly<Record<string, readonly string[]>> = {
  repository: ['transaction', 'save', 'claimBuilds'],
  queue: ['enqueue', 'claim', 'acknowledge'],
  auditLog: ['append'],
};

describe('C4 what is passed to createBuilds is what is used', () => {
  it.each(Object.entries(FUSED).flatMap(([port, names]) => names.map((name) => [port, name] as const)))(
    'C4 %s.%s of the host, beside a storage with fused statements',
    async (port, name) => {
      const called = new Set<string>();
      const app = await build((storage) => ({
        [port]: told(port, Reflect.get(storage, port), [name], called),
      }));
      expect((await app.builds.requestBuild(app.request())).isOk()).toBe(true);
      await app.work('build_completed');
      expect([...called]).toEqual([`${port}.${name}`]);
      expect((await app.storage.libraryRows()).bindings).toMatchObject([{ status: 'active' }]);
    },
  );

  it('C4 fused statements beside the ports that they stand for, whose other functions may be the host’s', async () => {
    const called = new Set<string>();
    const app = await build((storage) => ({
      auditLog: told('auditLog', storage.auditLog, ['list'], called),
      fused: told('fused', storage.fused, null, called),
    }));
    expect((await app.builds.requestBuild(app.request())).isOk()).toBe(true);
    await app.work('build_completed');
    expect([...called].toSorted()).toEqual(['fused.claimDueBuilds', 'fused.commit']);
  });

  it('C4 fused statements that do not say what they stand for are refused', async () => {
    const { commit } = fusedStorage().fused;
    // @ts-expect-error `insteadOf` is missing.
    const refused = build(() => ({ fused: { commit } }));
    await expect(refused).rejects.toThrow(
      'fused.insteadOf: is missing: give the ports whose work they do, or spread those of the storage',
    );
  });

  /** Every port and capability, and one of its functions that the steps below have to reach. */
  const EACH = {
    repository: 'loadRequests',
    queue: 'stats',
    auditLog: 'append',
    fused: 'commit',
    hostSchema: 'isHostId',
    hostTransactions: 'savepoint',
    checklists: 'saveProgress',
    buildViews: 'findBuilds',
    sweep: 'findStranded',
    circuitBreakers: 'load',
    deliveryRecords: 'save',
    deadLetters: 'list',
    queueListener: 'listen',
    // The other two are asked where two builds want one workflow, and once an hour: see give-way and remove-old-rows.
  } as const satisfies Record<Exclude<Port, 'workflowHolders' | 'purge'>, string>;

  it.each(Object.keys(EACH) as (keyof typeof EACH)[])('C4 %s of the host', async (port) => {
    const called = new Set<string>();
    const listen = () => ({ stop: async () => {} });
    const app = await build((storage) => ({
      [port]: told(port, port === 'queueListener' ? { listen } : storage[port], null, called),
    }));
    const { builds, tenantId, projectId } = app;
    await app.storage.repository.transaction(async (tx) => await builds.requestBuild(app.request(), { tx }));
    await builds.recordChecklistChange({ tenantId, projectId });
    await builds.getBuild({ tenantId, bindingId: projectId });
    await builds.deadLetters({ tenantId });
    await builds.reconcile();
    app.fake.script(...[1, 2, 3, 4].map(() => wrkBehaviour.answers(503)));
    await app.work('build_failed');
    expect([...called]).toContain(`${port}.${EACH[port]}`);
  });
});
