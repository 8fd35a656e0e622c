import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { stableId } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { describeWithPostgres } from '../support/database.js';
import { until } from '../support/until.js';
import { TO_OPS } from './support/fault-scene.js';
import { onPostgres } from './support/on-postgres.js';

const BY_OPS = { userId: stableId('somebody on call'), reason: 'WRK is well again' };

describeWithPostgres('what ops do, and a WRK that is down', () => {
  const open = onPostgres();

  it('row 23: an old 503 that WRK replays under the key ends with a fresh key, which only a command can ask for', async () => {
    const scene = await open();
    const { tenantId, bindingId } = await scene.accept();
    const replays = wrkBehaviour.replayed(wrkBehaviour.answers(503));
    scene.fake.script(replays);
    await scene.openProcess().workUntil('build_failed');
    const { builds } = scene.openProcess();
    const which = { ...BY_OPS, tenantId, bindingId };
    expect((await builds.retryBuild(which)).isOk()).toBe(true);
    await scene.openProcess().workUntil('build_failed');
    expect(scene.fake.calls().map((call) => call.behaviour)).toEqual([replays, ...Array(7).fill(null)]);
    expect([new Set(scene.fake.calls().map((call) => call.key)).size, scene.made()]).toEqual([1, {}]);

    const refused = await builds.retryBuild({ ...which, freshKey: true });
    expect(refused._unsafeUnwrapErr().code, 'it might make a second one').toBe('duplicate_risk');
    const ordered = await builds.retryBuild({ ...which, freshKey: true, acceptDuplicateRisk: true });
    expect(ordered.isOk()).toBe(true);
    await scene.openProcess().workUntil('build_completed');
    expect(scene.made()).toEqual({ [bindingId]: 1 });
  });

  it('row 23: a key that WRK has forgotten before a late retry makes no second workflow where it is looked for', async () => {
    const scene = await open();
    const { tenantId, bindingId } = await scene.accept();
    scene.fake.script(...Array(4).fill(wrkBehaviour.forgotten(wrkBehaviour.createsThenAnswers(500))));
    scene.fake.scriptLookups(...Array(3).fill({ kind: 'failed', detail: 'HTTP 502' }));
    const duplicates = { by: 'lookup' } as const;
    const process = scene.openProcess({ duplicates, retry: { maxRetries: 0 } });
    await process.workUntil('build_failed');
    expect(scene.made()).toEqual({ [bindingId]: 1 });
    expect((await process.builds.retryBuild({ ...BY_OPS, tenantId, bindingId })).isOk()).toBe(true);
    await process.workUntil('build_failed', 2);
    expect((await process.builds.retryBuild({ ...BY_OPS, tenantId, bindingId })).isOk()).toBe(true);
    await process.workUntil('build_completed');
    expect([scene.made(), scene.fake.calls().length]).toEqual([{ [bindingId]: 1 }, 1]);
  });

  it('row 33: a retry that is commanded ten times at once, and again during its run, is one retry', async () => {
    const scene = await open();
    const { tenantId, bindingId } = await scene.accept();
    scene.fake.script(wrkBehaviour.answers(422));
    await scene.openProcess().workUntil('build_failed');
    const which = { ...BY_OPS, tenantId, bindingId };
    const processes = [scene.openProcess(), scene.openProcess()];
    const clicks = await Promise.all(
      Array.from({ length: 10 }, (_, n) => processes[n % 2]?.builds.retryBuild(which)),
    );
    expect(clicks.filter((click) => click?.isOk())).toHaveLength(1);
    expect(await scene.bindingOf(bindingId)).toMatchObject({ status: 'pending', run: 2 });

    scene.fake.script(wrkBehaviour.delayed(200, wrkBehaviour.creates()));
    const process = scene.openProcess();
    const workers = process.start();
    await until(() => scene.fake.calls().length === 2);
    expect((await process.builds.retryBuild(which)).isErr(), 'during the run').toBe(true);
    await process.happened('build_completed');
    await workers.stop();
    expect(scene.made()).toEqual({ [bindingId]: 1 });
    expect([await scene.audited('retry_build'), await scene.audited('build_complete')]).toEqual([1, 1]);
  });

  it.each([
    ['refuses everybody', 401, 'credentials_refused'],
    ['is down', 503, 'consecutive_failures'],
  ])(
    'row 26: a WRK that %s opens the breaker: few builds are called, ops are told once, and all go on by themselves',
    async (_, status, reason) => {
      const scene = await open();
      const ids: string[] = [];
      for (let n = 0; n < 8; n += 1) ids.push((await scene.accept(`project ${n}`)).bindingId);
      scene.fake.otherwise(() => wrkBehaviour.answers(status));
      const process = scene.openProcess({
        circuitBreaker: { failureThreshold: 2, initialProbeDelayMs: 60_000, maxProbeDelayMs: 60_000 },
        retry: { initialDelayMs: 60_000 },
      });
      const workers = process.start({ concurrency: { builds: 1 } });
      await process.happened('circuit_breaker_opened');
      const called = scene.fake.calls().length;
      expect(called, 'the others wait uncalled').toBe(status === 401 ? 1 : 2);
      expect((await process.builds.stats()).openCircuitBreakers).toMatchObject([{ tenantId: null, reason }]);
      expect(await scene.told('wrk_unavailable')).toEqual(TO_OPS);
      expect([process.count('build_failed'), scene.made()]).toEqual([0, {}]);

      // WRK is well again, and an hour later.
      scene.fake.otherwise(wrkBehaviour.creates);
      await until(async () => {
        await scene.query(
          `update wrk_builds.circuit_breakers set next_probe_at = now() where next_probe_at > now()`,
        );
        await scene.query(
          `update wrk_builds.workflow_bindings set run_at = now() where status = 'pending' and run_at > now()`,
        );
        await scene.query(
          `update wrk_builds.messages set run_at = now() where queue = 'build-requests' and lease_until is null and run_at > now()`,
        );
        // Not so often that it is in the way.
        await setTimeout(20);
        return process.count('build_completed') === ids.length;
      });
      await workers.stop();
      expect(scene.made()).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
      expect(await scene.told('wrk_available')).toEqual(TO_OPS);
      expect([process.count('circuit_breaker_opened'), process.count('circuit_breaker_closed')]).toEqual([
        1, 1,
      ]);
    },
  );
});
