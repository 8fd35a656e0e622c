import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { DuplicatePolicy } from '../../src/core/orchestration/wrk-answer.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { describeWithPostgres } from '../support/database.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { latch, until } from '../support/until.js';
import * as when from '../support/when.js';
import { onPostgres } from './support/on-postgres.js';

const LEASE_MS = 300;

describeWithPostgres('a lease that ends before WRK is asked', () => {
  const open = onPostgres();

  it.each<[string, DuplicatePolicy, 'build_completed' | 'build_failed', number]>([
    ['by key', { by: 'idempotency-key' }, 'build_completed', 1],
    ['by lookup', { by: 'lookup', settleMs: 0 }, 'build_completed', 1],
    ['with neither and stop', { by: 'nothing', onUnknownOutcome: 'stop' }, 'build_failed', 0],
  ])(
    'row 41: A1, a claim is answered after its lease has ended, %s: nothing is sent any more',
    async (_name, duplicates, ends, calls) => {
      const app = await open({ honoursKeys: duplicates.by === 'idempotency-key' });
      const { bindingId } = await given.requestedBuild(app);
      const [claimed, held] = [latch(), latch()];
      const { fused } = app.withoutHeartbeat;
      const paused = app.another({
        duplicates,
        storage: {
          ...app.withoutHeartbeat,
          fused: {
            ...fused,
            claimDueBuilds: async (options) => {
              const answer = await fused.claimDueBuilds(options);
              claimed.open();
              await held.passed;
              return answer;
            },
          },
        },
      });
      when.startBuilds(paused, { leaseMs: LEASE_MS, concurrency: { builds: 1 } });
      await claimed.passed;
      await sleep(LEASE_MS);
      await app.findAgain();
      await when.workUntil(app.another({ duplicates }), ends);
      const lookups = app.fake.lookups();
      expect([app.fake.calls().length, lookups]).toEqual([calls, duplicates.by === 'lookup' ? 1 : 0]);

      held.open();
      await when.happened(paused, 'lease_lost');
      expect([app.fake.calls().length, app.fake.lookups()], 'nothing more').toEqual([calls, lookups]);
      expect(then.workflows(app)).toEqual(calls === 0 ? {} : { [bindingId]: 1 });
      expect(await then.calls(app, bindingId)).toMatchObject([
        { number: 1, outcome: 'not_sent' },
        { number: 2 },
      ]);
    },
  );

  it.each(['token', 'hook'])(
    'row 41: A1, the %s comes after the lease has ended: nothing is sent',
    async (what) => {
      const app = await open();
      await given.requestedBuild(app);
      const late = app.another({
        storage: app.withoutHeartbeat,
        late: what === 'token' ? { token: LEASE_MS } : { hook: LEASE_MS },
      });
      const workers = when.startBuilds(late, { leaseMs: LEASE_MS, concurrency: { builds: 1 } });
      await until(() => then.count(late, 'build_rescheduled') + then.count(late, 'lease_lost') > 0);
      await workers.stop();
      expect(app.fake.calls()).toEqual([]);
    },
  );
});

describeWithPostgres('a lookup that finds nothing', () => {
  const open = onPostgres();

  /** Posts, hears nothing within 400 ms, and looks it up in a WRK that shows its workflow 1 s after the POST. */
  const buildLate = async (settleMs: number) => {
    const app = await open({ honoursKeys: false });
    const { bindingId } = await given.requestedBuild(app);
    app.fake.script(wrkBehaviour.createsThenDrips());
    const find: typeof app.fake.find = async (query) => {
      const [first] = app.fake.calls();
      const made = first !== undefined && Date.now() - first.at > 1_000;
      return made ? app.fake.find(query) : { kind: 'absent' };
    };
    const process = app.another({ duplicates: { by: 'lookup', settleMs }, impatient: 1, find });
    await when.workUntil(process, 'build_completed');
    return { app, process, bindingId };
  };

  it('row 42: A2, is not believed while WRK may still be making the workflow: one workflow, found later', async () => {
    const { app, bindingId } = await buildLate(1_500);
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
    expect(app.fake.calls()).toHaveLength(1);
    const calls = await then.calls(app, bindingId);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['unknown', 'not_sent', 'created']);
  });

  it('row 42: A2, is believed once that time is over: WRK is asked again after the end, and ops hear of a second workflow', async () => {
    const { app, process, bindingId } = await buildLate(0);
    expect(then.workflows(app)).toEqual({ [bindingId]: 2 });
    const [first, second] = app.fake.workflows();
    await until(() => Date.now() - Number(app.fake.calls()[0]?.at) > 1_000);
    const workers = when.start(process, {
      sweepIntervalMs: 50,
      concurrency: { builds: 0, notifications: 0 },
    });
    await until(async () => (await then.addressees(app, 'workflow_unbound')).length > 0);
    await workers.stop();
    expect(await then.addressees(app, 'workflow_unbound')).toEqual([
      'email to ops_team',
      'in_app to ops_team',
    ]);
    expect(await then.binding(app, bindingId)).toMatchObject({
      wrk_workflow_id: second?.id,
      follow_up_at: null,
    });
    expect(await then.calls(app, bindingId)).toMatchObject([
      { outcome: 'created', wrk_workflow_id: first?.id },
      { outcome: 'created', wrk_workflow_id: second?.id },
    ]);
  });

  it('row 42: A2, a call that was cut off leaves nothing behind: it is followed up, and is over when there is no workflow', async () => {
    const app = await open({ honoursKeys: false });
    const { bindingId } = await given.requestedBuild(app);
    app.fake.script(wrkBehaviour.drops());
    const process = app.another({ duplicates: { by: 'lookup', settleMs: 0 } });
    await when.workUntil(process, 'build_completed');
    expect(await then.binding(app, bindingId)).toMatchObject({ follow_ups: 0 });
    const workers = when.start(process, {
      sweepIntervalMs: 50,
      concurrency: { builds: 0, notifications: 0 },
    });
    await until(async () => (await then.binding(app, bindingId))?.follow_up_at === null);
    await workers.stop();
    expect(await then.binding(app, bindingId)).toMatchObject({ status: 'active', follow_ups: 1 });
    expect(await then.addressees(app, 'workflow_unbound'), 'nobody is alarmed').toEqual([]);
  });
});
