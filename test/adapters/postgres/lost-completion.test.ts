import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildableProject } from '../../../src/testing/builders.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { buildsOver } from '../../postgres/support.js';
import { describeWithPostgres } from '../../support/database.js';
import { until } from '../../support/until.js';
import { openCuttableStore } from './support/cuttable-store.js';

const COMMIT = 'wrk_builds_commit';

describeWithPostgres('a completion whose connection breaks at the commit', () => {
  let store: Awaited<ReturnType<typeof openCuttableStore>>;
  beforeAll(async () => {
    store = await openCuttableStore();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  /** Requests a build, and has it worked on through the breakable way until one of these comes of it. */
  const workUntil = async (fake: ReturnType<typeof createFakeWrk>, end: 'build_completed' | 'lease_lost') => {
    const { tenantId, versionId, rows } = buildableProject();
    await store.host.insert(rows);
    const request = { tenantId, automationVersionId: versionId, trigger: 'auto_build' } as const;
    expect((await buildsOver(store, fake).builds.requestBuild(request)).isOk()).toBe(true);
    const { builds, events } = buildsOver(store.cuttable, fake);
    // It looks once: what comes into the queue later is for others.
    const workers = builds.startWorkers({ concurrency: { notifications: 0 }, pollIntervalMs: 3_600_000 });
    await until(() => events.some(({ type }) => type === end));
    await workers.stop();
    expect(store.proxy.left(), 'the connection was broken').toBe(0);
    expect(events.filter(({ type }) => type === 'worker_problem')).toEqual([]);
  };

  const expectOneCompletion = async (calls: readonly unknown[]) => {
    const rows = await store.libraryRows();
    expect(rows.bindings).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1', run: 1 }]);
    expect(rows.audit.filter((row) => row.action_type === 'build_complete')).toHaveLength(1);
    const told = rows.messages.filter((row) => String(row.key).includes('build_complete'));
    expect(told, 'the client and the owner, once each').toHaveLength(2);
    expect(rows.calls.toSorted((one, other) => Number(one.number) - Number(other.number))).toMatchObject(
      calls,
    );
  };

  it.each(['before', 'after'] as const)('%s the server got or did it, is done once', async (moment) => {
    const fake = createFakeWrk();
    store.proxy.cut(COMMIT, moment);
    await workUntil(fake, 'build_completed');
    await expectOneCompletion([{ number: 1, outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(fake.calls()).toHaveLength(1);
  });

  it('is left to the worker that took the build over and completed it meanwhile', async () => {
    const fake = createFakeWrk();
    store.proxy.cut(COMMIT, 'before', async () => {
      await store.pool.query(
        `update wrk_builds.workflow_bindings set lease_until = now() - interval '1 second'`,
      );
      const { builds, events } = buildsOver(store, fake);
      await builds.reconcile();
      const workers = builds.startWorkers({ concurrency: { notifications: 0 }, pollIntervalMs: 5 });
      await until(() => events.some(({ type }) => type === 'build_completed'));
      await workers.stop();
    });
    await workUntil(fake, 'lease_lost');
    await expectOneCompletion([
      {
        number: 1,
        outcome: 'created',
        detail: 'WRK answered after the lease was lost',
        wrk_workflow_id: 'wf_1',
      },
      { number: 2, outcome: 'created', wrk_workflow_id: 'wf_1' },
    ]);
    const { messages } = await store.libraryRows();
    expect(
      messages.filter((row) => String(row.key).includes('workflow_unbound')),
      'nobody is alarmed',
    ).toEqual([]);
    expect(fake.workflows()).toHaveLength(1);
    expect(fake.violations()).toEqual([]);
  });

  it('counts as done although another worker moved the binding on before anybody could look', async () => {
    const fake = createFakeWrk();
    // As a later transition would leave the binding.
    store.proxy.cut(COMMIT, 'after', async () => {
      await store.pool.query(
        `update wrk_builds.workflow_bindings set decision_id = gen_random_uuid(), fence = fence + 1`,
      );
    });
    await workUntil(fake, 'build_completed');
    await expectOneCompletion([{ number: 1, outcome: 'created' }]);
  });
});
