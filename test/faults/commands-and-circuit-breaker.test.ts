import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { stableId, TENANT } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { describeWithPostgres } from '../support/database.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { until } from '../support/until.js';
import * as when from '../support/when.js';
import { TO_OPS } from './support/faulty-app.js';
import { onPostgres } from './support/on-postgres.js';

const BY_OPS = { userId: stableId('somebody on call'), reason: 'WRK is well again' };

describeWithPostgres('what ops do, and a WRK that is down', () => {
  const open = onPostgres();

  it('row 23: an old 503 that WRK replays under the key ends with a fresh key, which only a command can ask for', async () => {
    const app = await open();
    const { tenantId, bindingId } = await given.requestedBuild(app);
    const replays = wrkBehaviour.replayed(wrkBehaviour.answers(503));
    app.fake.script(replays);
    await when.workUntil(app.another(), 'build_failed');
    const { builds } = app.another();
    const which = { ...BY_OPS, tenantId, bindingId };
    expect((await builds.retryBuild(which)).isOk()).toBe(true);
    await when.workUntil(app.another(), 'build_failed');
    expect(app.fake.calls().map((call) => call.behaviour)).toEqual([replays, ...Array(7).fill(null)]);
    expect([new Set(app.fake.calls().map((call) => call.key)).size, then.workflows(app)]).toEqual([1, {}]);

    const refused = await builds.retryBuild({ ...which, freshKey: true });
    expect(refused._unsafeUnwrapErr().code, 'it might make a second one').toBe('duplicate_risk');
    const ordered = await builds.retryBuild({ ...which, freshKey: true, acceptDuplicateRisk: true });
    expect(ordered.isOk()).toBe(true);
    await when.workUntil(app.another(), 'build_completed');
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
  });

  it('row 23: a key that WRK has forgotten before a late retry makes no second workflow where it is looked for', async () => {
    const app = await open();
    const { tenantId, bindingId } = await given.requestedBuild(app);
    app.fake.script(...Array(4).fill(wrkBehaviour.forgotten(wrkBehaviour.createsThenAnswers(500))));
    app.fake.scriptLookups(...Array(3).fill({ kind: 'failed', detail: 'HTTP 502' }));
    const duplicates = { by: 'lookup', settleMs: 0 } as const;
    const process = app.another({ duplicates, retry: { maxRetries: 0 } });
    await when.workUntil(process, 'build_failed');
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
    expect((await process.builds.retryBuild({ ...BY_OPS, tenantId, bindingId })).isOk()).toBe(true);
    await when.workUntil(process, 'build_failed', 2);
    expect((await process.builds.retryBuild({ ...BY_OPS, tenantId, bindingId })).isOk()).toBe(true);
    await when.workUntil(process, 'build_completed');
    expect([then.workflows(app), app.fake.calls().length]).toEqual([{ [bindingId]: 1 }, 1]);
  });

  it('row 33: a retry that is commanded ten times at once, and again during its run, is one retry', async () => {
    const app = await open();
    const { tenantId, bindingId } = await given.requestedBuild(app);
    app.fake.script(wrkBehaviour.answers(422));
    await when.workUntil(app.another(), 'build_failed');
    const which = { ...BY_OPS, tenantId, bindingId };
    const processes = [app.another(), app.another()];
    const clicks = await Promise.all(
      Array.from({ length: 10 }, (_, n) => processes[n % 2]?.builds.retryBuild(which)),
    );
    expect(clicks.filter((click) => click?.isOk())).toHaveLength(1);
    expect(await then.binding(app, bindingId)).toMatchObject({ status: 'pending', run: 2 });

    app.fake.script(wrkBehaviour.delayed(200, wrkBehaviour.creates()));
    const process = app.another();
    const workers = when.startBuilds(process);
    await until(() => app.fake.calls().length === 2);
    expect((await process.builds.retryBuild(which)).isErr(), 'during the run').toBe(true);
    await when.happened(process, 'build_completed');
    await workers.stop();
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
    expect([await then.audited(app, 'retry_build'), await then.audited(app, 'build_complete')]).toEqual([
      1, 1,
    ]);
  });

  it.each([
    ['refuses everybody', 401, 'credentials_refused', null],
    ['is down', 503, 'consecutive_failures', TENANT],
  ])(
    'row 26: a WRK that %s opens the breaker: few builds are called, ops are told once, and all go on by themselves',
    async (_, status, reason, tenantId) => {
      const app = await open();
      const ids: string[] = [];
      for (let n = 0; n < 8; n += 1) ids.push((await given.requestedBuild(app, `project ${n}`)).bindingId);
      app.fake.otherwise(() => wrkBehaviour.answers(status));
      const process = app.another({
        circuitBreaker: { failureThreshold: 2, initialProbeDelayMs: 60_000, maxProbeDelayMs: 60_000 },
        retry: { initialDelayMs: 60_000 },
      });
      const workers = when.startBuilds(process, { concurrency: { builds: 1 } });
      await when.happened(process, 'circuit_breaker_opened');
      const called = app.fake.calls().length;
      expect(called, 'the others wait uncalled').toBe(status === 401 ? 1 : 2);
      expect((await process.builds.stats()).openCircuitBreakers).toMatchObject([{ tenantId, reason }]);
      expect(await then.addressees(app, 'wrk_unavailable')).toEqual(TO_OPS);
      expect([then.count(process, 'build_failed'), then.workflows(app)]).toEqual([0, {}]);

      // WRK is well again, and an hour later.
      app.fake.otherwise(wrkBehaviour.creates);
      await until(async () => {
        await app.query(
          `update wrk_builds.circuit_breakers set next_probe_at = now() where next_probe_at > now()`,
        );
        await app.query(
          `update wrk_builds.workflow_bindings set run_at = now() where status = 'pending' and run_at > now()`,
        );
        await app.query(
          `update wrk_builds.messages set run_at = now() where queue = 'build-requests' and lease_until is null and run_at > now()`,
        );
        // Not so often that it is in the way.
        await setTimeout(20);
        return then.count(process, 'build_completed') === ids.length;
      });
      await workers.stop();
      expect(then.workflows(app)).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
      expect(await then.addressees(app, 'wrk_available')).toEqual(TO_OPS);
      expect([
        then.count(process, 'circuit_breaker_opened'),
        then.count(process, 'circuit_breaker_closed'),
      ]).toEqual([1, 1]);
    },
  );
});
