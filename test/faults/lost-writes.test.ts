import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { createHostTables, migrate, nodePostgres, postgres } from '../../src/adapters/postgres/index.js';
import { stableId } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { DEFAULT_HOST } from '../contracts/support/host-shapes.js';
import { postgresHost, postgresLibraryRows, type RunSql } from '../contracts/support/postgres-host.js';
import { describeWithPostgres } from '../support/database.js';
import { startRestartableServer } from '../support/restartable-server.js';
import { latch, until } from '../support/until.js';
import { openFaultScene, TO_OPS } from './support/fault-scene.js';
import { onPostgres } from './support/on-postgres.js';

describeWithPostgres('writes that are lost, late or half done', () => {
  const open = onPostgres();

  it.each(['before', 'during', 'after'] as const)(
    'row 16: the connection breaks %s the COMMIT of the completion: it is read again, and done once',
    async (moment) => {
      const scene = await open();
      const { bindingId } = await scene.accept();
      scene.store.proxy.cut('wrk_builds_commit', moment);
      const process = scene.openProcess({ storage: scene.store.cuttable });
      await process.workUntil('build_completed');
      expect(scene.store.proxy.left(), 'the connection was broken').toBe(0);
      expect(scene.made()).toEqual({ [bindingId]: 1 });
      expect(scene.fake.calls()).toHaveLength(1);
      expect(await scene.bindingOf(bindingId)).toMatchObject({ status: 'active', wrk_workflow_id: 'wf_1' });
      expect(await scene.audited('build_complete')).toBe(1);
      expect(process.count('worker_problem')).toBe(0);
    },
  );

  /** Refuses the next `times` audit entries of a completion, as a host's own trigger might. */
  const refuseCompletions = async (query: (text: string) => Promise<unknown>, times: number) => {
    await query(`
      create sequence refusals;
      create function refuse_completion() returns trigger language plpgsql as $$
      begin
        if new.action_type = 'build_complete' and nextval('refusals') <= ${times} then
          raise exception 'the host takes no audit entry now';
        end if;
        return new;
      end $$;
      create trigger refuse_completion before insert on audit_logs
        for each row execute function refuse_completion()`);
    onTestFinished(
      () =>
        void query(
          'drop trigger refuse_completion on audit_logs; drop function refuse_completion; drop sequence refusals',
        ),
    );
  };

  it.each([
    { by: 'idempotency-key' } as const,
    { by: 'lookup' } as const,
    { by: 'nothing', onUnknownOutcome: 'stop' } as const,
    { by: 'nothing', onUnknownOutcome: 'retry' } as const,
  ])(
    'row 39: the completion fails half-way, by %o: nothing of it stays, and it is done again from the recorded answer',
    async (duplicates) => {
      const scene = await open({ honoursKeys: duplicates.by === 'idempotency-key' });
      const { bindingId, projectId, versionId } = await scene.accept();
      await refuseCompletions(scene.query, 2);
      const process = scene.openProcess({ duplicates });
      const workers = process.start();
      await process.happened('worker_problem');
      const [refusals] = await scene.query('select last_value from refusals');
      expect(Number(refusals?.last_value), 'the trigger has raised').toBe(1);
      expect(await scene.bindingOf(bindingId)).toMatchObject({ status: 'pending', wrk_workflow_id: null });
      const before = await scene.store.host.read();
      expect(before.projects.find(({ id }) => id === projectId)).toMatchObject({
        status: 'Build in Progress',
      });
      expect(before.automationVersions.find(({ id }) => id === versionId)).toMatchObject({
        status: 'Build in Progress',
      });
      expect(before.tasks.filter(({ status }) => status !== 'pending')).toEqual([]);
      expect(await scene.callsOf(bindingId)).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);

      // The second time it fails again, and nothing is lost by that either.
      await scene.findAgain();
      await process.happened('worker_problem', 2);
      await scene.findAgain();
      await process.happened('build_completed');
      await workers.stop();
      expect([scene.made(), scene.fake.calls().length]).toEqual([{ [bindingId]: 1 }, 1]);
      expect(await scene.bindingOf(bindingId)).toMatchObject({ status: 'active', wrk_workflow_id: 'wf_1' });
      expect(await scene.audited('build_complete')).toBe(1);
      expect(await scene.told('workflow_unbound'), 'nobody is alarmed').toEqual([]);
    },
  );

  it('row 35: the version is archived before the call: no call, and the build ends as not_buildable', async () => {
    const scene = await open();
    const { bindingId, versionId } = await scene.accept();
    await scene.store.host.update('automationVersions', versionId, { status: 'Archived' });
    await scene.openProcess().workUntil('build_failed');
    expect([scene.made(), scene.fake.calls().length]).toEqual([{}, 0]);
    expect(await scene.bindingOf(bindingId)).toMatchObject({
      status: 'error',
      error_reason: 'not_buildable',
    });
    const { automationVersions } = await scene.store.host.read();
    expect(
      automationVersions.map(({ status }) => status),
      'it stays archived',
    ).toEqual(['Archived']);
  });

  it('row 36: the version is archived during the call: the workflow is kept in the ledger, and ops are told', async () => {
    const scene = await open();
    const { bindingId, versionId } = await scene.accept();
    let archived = false;
    const process = scene.openProcess({
      around: async (post) => {
        const answer = await post();
        await scene.store.host.update('automationVersions', versionId, { status: 'Archived' });
        archived = true;
        return answer;
      },
    });
    await process.workUntil('build_failed');
    expect(archived).toBe(true);
    expect(scene.made()).toEqual({ [bindingId]: 1 });
    expect(await scene.bindingOf(bindingId)).toMatchObject({
      status: 'error',
      error_reason: 'not_buildable',
    });
    expect(await scene.callsOf(bindingId)).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await scene.told('workflow_unbound')).toEqual(TO_OPS);
  });

  /** Two workers on one build: the second is refused by WRK while the first is paused with a success in its hands. */
  const openLate = async () => {
    const scene = await open();
    const { bindingId } = await scene.accept();
    const late = latch();
    const refusal = latch();
    const first = scene.openProcess({
      storage: scene.withoutHeartbeat,
      around: async (post) => {
        const answer = await post();
        await late.passed;
        return answer;
      },
    });
    first.start({ pollIntervalMs: 3_600_000, concurrency: { builds: 1 } });
    await until(() => scene.fake.calls().length === 1);
    // Another blueprint policy of WRK, say: what it made a moment ago it now refuses.
    scene.fake.otherwise(() => wrkBehaviour.answers(422));
    await scene.findAgain();
    const second = scene.openProcess({
      around: async (post) => {
        const answer = await post();
        await refusal.passed;
        return answer;
      },
    });
    const workers = second.start();
    await until(() => scene.fake.calls().length === 2);
    return { scene, bindingId, first, second, workers, late, refusal };
  };

  it('row 34: a success that comes after the build has ended as error is refused, kept, and told to ops, who adopt it', async () => {
    const { scene, bindingId, first, second, workers, late, refusal } = await openLate();
    refusal.open();
    await second.happened('build_failed');
    await workers.stop();
    const ended = await scene.bindingOf(bindingId);
    expect(ended).toMatchObject({ status: 'error', error_reason: 'blueprint_rejected' });

    late.open();
    await first.happened('lease_lost');
    expect(scene.made()).toEqual({ [bindingId]: 1 });
    expect(await scene.bindingOf(bindingId), 'not a word of it has changed').toEqual(ended);
    expect(await scene.callsOf(bindingId)).toMatchObject([
      { outcome: 'created', wrk_workflow_id: 'wf_1' },
      { outcome: 'rejected' },
    ]);
    expect(await scene.told('workflow_unbound')).toEqual(TO_OPS);
    expect(await scene.audited('build_complete')).toBe(0);

    const [workflow] = scene.fake.workflows();
    const adopted = await first.builds.adoptWorkflow({
      tenantId: String(ended?.tenant_id),
      bindingId,
      userId: stableId('somebody on call'),
      reason: 'WRK has it',
      workflowId: `${workflow?.id}`,
      workflowUrl: `${workflow?.url}`,
    });
    expect(adopted.isOk()).toBe(true);
    expect(await scene.bindingOf(bindingId)).toMatchObject({ status: 'active', wrk_workflow_id: 'wf_1' });
    expect(scene.made()).toEqual({ [bindingId]: 1 });
  });

  it('row 34: a success that comes while the next worker holds the build, just before it would end as error, completes it', async () => {
    const { scene, bindingId, first, second, workers, late, refusal } = await openLate();
    late.open();
    await first.happened('lease_lost');
    expect(await scene.bindingOf(bindingId)).toMatchObject({ status: 'pending', wrk_workflow_id: null });

    refusal.open();
    await until(() => second.count('build_failed') + second.count('build_completed') > 0);
    await workers.stop();
    expect(second.answers()).toEqual(['rejected']);
    expect(scene.made()).toEqual({ [bindingId]: 1 });
    expect(await scene.bindingOf(bindingId)).toMatchObject({ status: 'active', wrk_workflow_id: 'wf_1' });
    expect(await scene.callsOf(bindingId)).toMatchObject([
      { outcome: 'created', wrk_workflow_id: 'wf_1' },
      { outcome: 'rejected' },
    ]);
    expect(await scene.audited('build_complete')).toBe(1);
  });
});

const server = await startRestartableServer().catch((problem: unknown) => {
  console.warn(`\nNo server that can be restarted, so row 40 is skipped: ${problem}\n`);
  return null;
});

it.skipIf(server === null)(
  'row 40: the database restarts in mid-call: the workers come back by themselves, and what was accepted is built',
  async () => {
    if (!server) throw new Error('there is a server');
    onTestFinished(server.stop);
    const pool = new pg.Pool({ connectionString: server.url, max: 10 });
    pool.on('error', () => {});
    onTestFinished(() => pool.end());
    const run: RunSql = async (text, values = []) => (await pool.query(text, [...values])).rows;
    await createHostTables(nodePostgres(pool));
    await migrate(nodePostgres(pool));
    const host = { ...postgresHost(run), lock: () => Promise.reject(new Error('nobody locks')) };
    const libraryRows = () => postgresLibraryRows(run, DEFAULT_HOST.auditRows);
    const scene = await openFaultScene({ ...postgres(nodePostgres(pool)), host, libraryRows });
    const ids = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push((await scene.accept(name)).bindingId);
    const process = scene.openProcess();
    // Two calls are in flight when it goes down; two builds wait.
    const { open, passed } = latch();
    const slow = scene.openProcess({
      around: async (post) => {
        const answer = await post();
        await passed;
        return answer;
      },
    });
    const workers = [slow.start({ concurrency: { builds: 2 }, leaseMs: 3_000, sweepIntervalMs: 200 })];
    await until(() => scene.fake.calls().length === 2);
    const restarting = server.restart();
    open();
    await restarting;
    workers.push(process.start({ leaseMs: 3_000, sweepIntervalMs: 200 }));
    const active = async () =>
      (await run(`select id from wrk_builds.workflow_bindings where status = 'active'`)).length;
    await until(async () => (await active().catch(() => 0)) === ids.length);
    await Promise.all(workers.map((each) => each.stop()));
    expect(slow.count('worker_problem'), 'the database was away').toBeGreaterThan(0);
    expect(scene.made()).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
    expect(scene.fake.violations()).toEqual([]);
  },
);
