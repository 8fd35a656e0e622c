import { expect, it, onTestFinished } from 'vitest';
import { nodePostgres, postgres } from '../../src/adapters/postgres/index.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { hookedPool } from '../adapters/postgres/support/hooked-pool.js';
import { describeWithPostgres } from '../support/database.js';
import { useFakeTime } from '../support/fake-time.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { latch, until } from '../support/until.js';
import * as when from '../support/when.js';
import { TO_OPS } from './support/faulty-app.js';
import { onPostgres } from './support/on-postgres.js';

describeWithPostgres('workers that are lost, late or doubled', () => {
  const open = onPostgres();

  it('row 13: death after the claim, before the call: taken up again when the lease ends, and nothing was sent', async () => {
    const app = await open();
    const { bindingId } = await given.requestedBuild(app);
    await app.workUntilDeath('before the call');
    expect([then.workflows(app), app.fake.calls().length], 'nothing was sent').toEqual([{}, 0]);
    expect(await then.calls(app, bindingId)).toMatchObject([{ number: 1, outcome: null }]);

    const early = app.another();
    expect(await early.builds.reconcile(), 'the dead one still has its lease').toBe(0);
    expect(await app.findAgain()).toBe(1);
    await when.workUntil(early, 'build_completed');
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
    expect(await then.calls(app, bindingId)).toMatchObject([
      { number: 1, outcome: null },
      { number: 2, outcome: 'created', http_status: 201, wrk_request_id: 'wrk_req_1' },
    ]);
  });

  it('row 14: death before the answer is recorded, by key: the same key and bytes again, under an id of their own', async () => {
    const app = await open();
    const { bindingId } = await given.requestedBuild(app);
    await app.workUntilDeath('after the call');
    expect(then.workflows(app), 'WRK has it').toEqual({ [bindingId]: 1 });
    expect(await then.binding(app, bindingId)).toMatchObject({ status: 'pending', wrk_workflow_id: null });
    await app.findAgain();
    await when.workUntil(app.another(), 'build_completed');
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
    const [first, second] = app.fake.calls();
    expect([second?.key, second?.bodyHash]).toEqual([first?.key, first?.bodyHash]);
    const ledger = await app.query('select id from wrk_builds.workflow_calls order by number');
    expect([first?.callId, second?.callId]).toEqual(ledger.map(({ id }) => id));
    expect(app.fake.violations()).toEqual([]);
  });

  it('row 14: death before the answer is recorded, by lookup: it is found, and not called for again', async () => {
    const app = await open({ honoursKeys: false });
    const { bindingId } = await given.requestedBuild(app);
    await app.workUntilDeath('after the call');
    await app.findAgain();
    await when.workUntil(app.another({ duplicates: { by: 'lookup', settleMs: 0 } }), 'build_completed');
    expect([app.fake.calls().length, app.fake.lookups()]).toEqual([1, 1]);
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
  });

  it('row 14: death before the answer is recorded, with neither and stop: it ends for a person to resolve', async () => {
    const app = await open({ honoursKeys: false });
    const { bindingId } = await given.requestedBuild(app);
    await app.workUntilDeath('after the call');
    await app.findAgain();
    await when.workUntil(
      app.another({ duplicates: { by: 'nothing', onUnknownOutcome: 'stop' } }),
      'build_failed',
    );
    expect(await then.binding(app, bindingId)).toMatchObject({
      status: 'error',
      error_reason: 'outcome_unknown',
    });
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
    expect(await then.addressees(app, 'build_failed')).toEqual(TO_OPS);
  });

  it('row 17: a message that comes again after the completion changes nothing', async () => {
    const app = await open();
    const { bindingId, tenantId } = await given.requestedBuild(app);
    await when.workUntil(app.another(), 'build_completed');
    const before = await app.store.libraryRows();
    await app.query(
      `insert into wrk_builds.messages (queue, key, tenant_id, binding_id, body, run_at)
       values ('build-requests', $1::text, $2, $1::uuid, $3, now())`,
      [bindingId, tenantId, { v: 1, kind: 'build_request', tenantId, bindingId, requestId: 'again' }],
    );
    expect(await app.store.queue.stats('build-requests')).toMatchObject({ waiting: 1 });
    const again = app.another();
    const workers = when.startBuilds(again);
    await until(async () => (await app.store.queue.stats('build-requests')).waiting === 0);
    await workers.stop();
    expect(await app.store.libraryRows()).toEqual(before);
    expect([then.count(again, 'build_claimed'), app.fake.calls().length, then.workflows(app)]).toEqual([
      0,
      1,
      { [bindingId]: 1 },
    ]);
  });

  it('row 18: the lease ends while the first worker still runs: one workflow and one completion', async () => {
    const app = await open();
    const { bindingId } = await given.requestedBuild(app);
    const { open: goOn, passed } = latch();
    const paused = app.another({
      storage: app.withoutHeartbeat,
      around: async (post) => {
        const answer = await post();
        await passed;
        return answer;
      },
    });
    when.startBuilds(paused, { pollIntervalMs: 3_600_000, concurrency: { builds: 1 } });
    await until(() => app.fake.calls().length === 1);
    await app.findAgain();
    const second = app.another();
    await when.workUntil(second, 'build_completed');
    expect(then.answers(paused), 'the first is still at it').toEqual([]);

    goOn();
    await when.happened(paused, 'lease_lost');
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
    expect(await then.binding(app, bindingId)).toMatchObject({ status: 'active', wrk_workflow_id: 'wf_1' });
    expect(await then.audited(app, 'build_complete')).toBe(1);
    expect(await then.calls(app, bindingId)).toMatchObject([{ outcome: 'created' }, { outcome: 'created' }]);
    expect(await then.addressees(app, 'workflow_unbound'), 'nobody is alarmed').toEqual([]);
  });

  it('row 19: two messages for each build, out of order and to two workers at once: one claims', async () => {
    const app = await open();
    const names = Array.from({ length: 12 }, (_, n) => `project ${n}`);
    const ids: string[] = [];
    for (const name of names) ids.push((await given.requestedBuild(app, name)).bindingId);
    // The second message of each is older than its first.
    await app.query(`
      insert into wrk_builds.messages (queue, key, tenant_id, binding_id, body, run_at)
      select queue, key || ' again', tenant_id, binding_id, body, run_at - interval '1 minute'
        from wrk_builds.messages where queue = 'build-requests'`);
    expect(await app.store.queue.stats('build-requests')).toMatchObject({ waiting: 24 });
    const processes = [app.another(), app.another()];
    const workers = processes.map((each) => when.startBuilds(each, { concurrency: { builds: 4 } }));
    const count = (type: 'build_claimed' | 'build_completed') =>
      processes.reduce((sum, each) => sum + then.count(each, type), 0);
    await until(() => count('build_completed') >= 12);
    // What is left of the messages is settled within the next polls; a build that is held is looked at again later.
    await Promise.all(workers.map((each) => each.stop()));
    expect(count('build_claimed')).toBe(12);
    expect(then.workflows(app)).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
    expect(await then.audited(app, 'build_complete')).toBe(12);
  });

  it.each(['is refused', 'hangs'] as const)(
    'row 20: the heartbeat %s: the worker gives the build up by itself, and another does it under the same key',
    async (how) => {
      const app = await open();
      let missed = 0;
      const pool = hookedPool(app.store.pool, async (name, run) => {
        if (!name.startsWith('wrk_builds_extend_leases')) return run();
        missed += 1;
        if (how === 'hangs') return new Promise(() => {});
        throw new Error('Connection terminated unexpectedly');
      });
      const { bindingId } = await given.requestedBuild(app);
      app.fake.script(wrkBehaviour.createsThenHangs());
      const cutOff = app.another({
        storage: postgres(nodePostgres(pool, { listen: false, statementMs: 3_000 })),
      });
      const workers = when.startBuilds(cutOff, { leaseMs: 1_500 });
      await until(() => app.fake.calls().length === 1);
      // From now on it takes nothing else, and has all the time it wants for what it holds.
      await workers.stop({ graceMs: 3_600_000 });
      expect(missed, 'heartbeats that could not be written').toBeGreaterThan(0);
      expect(then.answers(cutOff)).toEqual(['aborted']);
      expect(then.count(cutOff, 'build_rescheduled') + then.count(cutOff, 'lease_lost')).toBe(1);

      await app.findAgain();
      await when.workUntil(app.another(), 'build_completed');
      expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
      const [first, second] = app.fake.calls();
      expect([second?.key, second?.bodyHash]).toEqual([first?.key, first?.bodyHash]);
      expect(await then.calls(app, bindingId)).toMatchObject([{ outcome: null }, { outcome: 'created' }]);
    },
  );

  it('row 37: a stop that leaves enough time lets the call finish, and takes nothing else', async () => {
    const app = await open();
    const { bindingId } = await given.requestedBuild(app);
    app.fake.script(wrkBehaviour.delayed(150, wrkBehaviour.creates()));
    const process = app.another();
    const workers = when.startBuilds(process);
    await until(() => app.fake.calls().length === 1);
    const stopping = workers.stop();
    const { bindingId: later } = await given.requestedBuild(app, 'came later');
    await stopping;
    expect([then.count(process, 'build_completed'), then.count(process, 'build_claimed')]).toEqual([1, 1]);
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
    expect(await then.binding(app, later)).toMatchObject({ status: 'pending', fence: 1 });
  });

  it('row 37: a stop that leaves no time reschedules the build at once, and the call that was cut off is not counted', async () => {
    const app = await open();
    const { bindingId } = await given.requestedBuild(app);
    app.fake.script(wrkBehaviour.createsThenHangs());
    const process = app.another();
    // It asks once: a claim that was on its way at the stop would take the build again, and give it back unsent.
    const workers = when.startBuilds(process, { pollIntervalMs: 3_600_000 });
    await until(() => app.fake.calls().length === 1);
    await workers.stop({ graceMs: 0 });
    expect(then.answers(process)).toEqual(['aborted']);
    expect(process.events.at(-1)).toMatchObject({ type: 'build_rescheduled', runInMs: 0 });
    // One call is all that a run has here; the one that was cut off has not used it up.
    await when.workUntil(app.another({ retry: { maxRetries: 0 } }), 'build_completed');
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
    expect(await then.calls(app, bindingId)).toMatchObject([{ outcome: null }, { outcome: 'created' }]);
  });

  it.each([
    ['ahead by a day', 86_400_000],
    ['back by a day', -86_400_000],
  ])(
    'row 38: a clock that jumps %s in mid-call steals nothing and leaves nothing stuck',
    async (_, jumpMs) => {
      const app = await open();
      const { bindingId } = await given.requestedBuild(app);
      app.fake.script(
        wrkBehaviour.delayed(250, wrkBehaviour.answers(503)),
        wrkBehaviour.delayed(250, wrkBehaviour.creates()),
      );
      const processes = [app.another(), app.another()];
      const workers = processes.map((each) =>
        when.startBuilds(each, { sweepIntervalMs: 20, leaseMs: 60_000 }),
      );
      await until(() => app.fake.calls().length === 1);
      // Of the clocks only the one on the wall; no timer is touched.
      const useRealTime = useFakeTime({ toFake: ['Date'], now: Date.now() + jumpMs });
      onTestFinished(useRealTime);
      const [row] = await app.query('select extract(epoch from now()) * 1000 as now');
      expect(Math.abs(Date.now() - Number(row?.now)), 'the clock has jumped').toBeGreaterThan(80_000_000);

      const count = (type: 'build_claimed' | 'build_completed' | 'lease_lost') =>
        processes.reduce((sum, each) => sum + then.count(each, type), 0);
      await until(() => count('build_completed') > 0);
      await Promise.all(workers.map((each) => each.stop()));
      expect([count('build_claimed'), count('lease_lost')], 'once for each call').toEqual([2, 0]);
      expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
      const calls = await then.calls(app, bindingId);
      expect(calls.every((call) => Number(call.duration_ms) >= 0 && Number(call.duration_ms) < 60_000)).toBe(
        true,
      );
    },
  );
});
