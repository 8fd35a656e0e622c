import { expect, it } from 'vitest';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { createBuilds } from '../../../src/create-builds.js';
import type { BuildEvent } from '../../../src/observability/events.js';
import { buildableProject } from '../../../src/testing/builders.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import { DEFAULT_HOST } from '../../contracts/support/host-shapes.js';
import { describeWithPostgres } from '../../support/database.js';
import { until } from '../../support/until.js';
import { openSchema } from './support.js';

/** A buildable project on a schema with a defect, and the library started on it. */
async function startOn(defect: string) {
  const { owner } = await openSchema(DEFAULT_HOST);
  const project = buildableProject();
  await DEFAULT_HOST.host(async (text, values = []) => (await owner.query(text, [...values])).rows).insert(
    project.rows,
  );
  await owner.query(defect);
  const storage = postgres(nodePostgres(owner));
  const events: BuildEvent[] = [];
  const builds = createBuilds({
    ...storage,
    wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
    notifiers: { email: { deliver: async () => ({ status: 'delivered' }) }, inApp: storage.inAppNotifier },
    resolveRecipients: async () => [],
    verifyAtStart: true,
    onEvent: (event) => events.push(event),
  });
  const request = {
    tenantId: project.tenantId,
    automationVersionId: project.versionId,
    trigger: 'auto_build',
  } as const;
  const problems = () => events.filter((event) => event.type === 'worker_problem');
  return { owner, builds, events, problems, request };
}

describeWithPostgres('A host that has the database verified at the start', () => {
  it.each([
    {
      what: 'what does not fit',
      defect: 'alter table projects rename checklist_progress to done',
      fix: 'alter table projects rename done to checklist_progress',
      says: 'public.projects has no column checklist_progress',
    },
    {
      what: 'what only a trial finds',
      defect: `alter table projects add constraint frozen check (status <> 'Build in Progress')`,
      fix: 'alter table projects drop constraint frozen',
      says: 'The check frozen of public.projects, ',
    },
  ])(
    'is told $what before anything is written or taken, and goes on by itself once that is fixed',
    async ({ defect, fix, says }) => {
      const { owner, builds, events, problems, request } = await startOn(defect);
      await until(() => problems().length > 0);
      expect(problems()).toMatchObject([{ worker: 'verification', problem: expect.stringContaining(says) }]);

      const mismatch = { name: 'SchemaMismatch', mismatches: [expect.stringContaining(says)] };
      await expect(builds.ready()).rejects.toMatchObject(mismatch);
      await expect(builds.requestBuild(request)).rejects.toMatchObject(mismatch);
      const workers = builds.startWorkers({ pollIntervalMs: 10 });
      await until(() => problems().some(({ worker }) => worker === 'build-requests'));
      expect((await owner.query('select from wrk_builds.workflow_bindings')).rowCount).toBe(0);

      await owner.query(fix);
      // A check that began before the fix may still be under way, and whoever asks meanwhile is told what it found.
      await until(() =>
        builds.ready().then(
          () => true,
          () => false,
        ),
      );
      expect((await builds.requestBuild(request)).isOk()).toBe(true);
      await until(() => events.some(({ type }) => type === 'build_completed'));
      await workers.stop();
    },
  );
});
