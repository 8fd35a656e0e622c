import { expect, it, onTestFinished } from 'vitest';
import { stableId } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { describeWithPostgres } from '../support/database.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { until } from '../support/until.js';
import * as when from '../support/when.js';
import { TO_OPS } from './support/faulty-app.js';
import { onPostgres } from './support/on-postgres.js';

const BY_OPS = { userId: stableId('somebody on call'), reason: 'Ticket 4711' };
const FIRST = { workflowId: 'wf_1', workflowUrl: 'https://app.wrk.example/workflows/wf_1' };
const A = { name: 'typed', tenantId: stableId('tenant', 'A') };
const B = { name: 'answered', tenantId: stableId('tenant', 'B') };

const TO_THOSE_TOLD = ['email to client', 'in_app to project_owner'];

const names = wrkBehaviour.answers(201, {
  body: { workflow_id: FIRST.workflowId, workflow_url: FIRST.workflowUrl },
});

describeWithPostgres(
  'a workflow id that a person typed, and that WRK gives to another tenant’s build',
  () => {
    const open = onPostgres();

    /** An app with a build of tenant A that has failed, so that people look for its workflow. */
    const openTyped = async () => {
      const app = await open();
      app.fake.script(wrkBehaviour.answers(422));
      const { tenantId, bindingId, projectId } = await given.requestedBuild(app, A);
      await when.workUntil(app.another(), 'build_failed');
      const command = { tenantId, bindingId, ...BY_OPS };
      return {
        app,
        adopt: async () =>
          expect((await app.builds.adoptWorkflow({ ...command, ...FIRST })).isOk()).toBe(true),
        undo: () => app.builds.undoAdoption(command),
        typed: () => then.binding(app, bindingId),
        completed: async () => {
          const { tasks } = await app.store.host.read();
          return tasks.filter(({ contextId, status }) => contextId === projectId && status === 'complete')
            .length;
        },
      };
    };

    it('row 49: B2 it is adopted while WRK answers: the build that WRK answered completes, the other one ends as an error', async () => {
      const { app, adopt, typed } = await openTyped();
      const answered = await given.requestedBuild(app, B);
      const process = app.another({
        around: async (post) => {
          const answer = await post();
          await adopt();
          return answer;
        },
      });
      await when.workUntil(process, 'build_completed');
      expect(await then.binding(app, answered.bindingId)).toMatchObject({
        status: 'active',
        wrk_workflow_id: 'wf_1',
      });
      expect(await typed()).toMatchObject({ error_reason: 'adoption_superseded', wrk_workflow_id: null });
      expect(await then.addressees(app, 'adoption_superseded')).toEqual(TO_OPS);
      expect([app.fake.calls().length, then.workflows(app)]).toEqual([2, { [answered.bindingId]: 1 }]);
    });

    it('row 49: B2 WRK names it for two builds at once: one of them has it, and the other waits for a person', async () => {
      const { app, adopt, typed } = await openTyped();
      await adopt();
      app.fake.script(names, names);
      const answered = [await given.requestedBuild(app, B), await given.requestedBuild(app, 'third')];
      const processes = [app.another(), app.another()];
      const workers = processes.map((process) => when.startBuilds(process, { concurrency: { builds: 1 } }));
      const ended = async () =>
        Promise.all(answered.map(async ({ bindingId }) => (await then.binding(app, bindingId))?.status));
      await until(async () => !(await ended()).includes('pending'));
      for (const each of workers) await each.stop();
      expect((await ended()).toSorted()).toEqual(['active', 'error']);
      const reasons = (await then.bindings(app)).map(({ error_reason }) => `${error_reason}`);
      expect(reasons.toSorted()).toEqual(['adoption_superseded', 'null', 'workflow_conflict']);
      expect(await typed()).toMatchObject({ error_reason: 'adoption_superseded' });
      expect(await then.addressees(app, 'adoption_superseded'), 'once').toEqual(TO_OPS);
    });

    it('row 49: B2 its adoption is undone ten times while WRK answers: it is undone or gives way, once, and the answer counts', async () => {
      const { app, adopt, undo, typed, completed } = await openTyped();
      await adopt();
      expect(await completed()).toBe(3);
      const answered = await given.requestedBuild(app, B);
      let undos: Promise<unknown> = Promise.resolve();
      const process = app.another({
        around: async (post) => {
          const answer = await post();
          undos = Promise.all(Array.from({ length: 10 }, undo));
          return answer;
        },
      });
      await when.workUntil(process, 'build_completed');
      await undos;
      expect(await then.binding(app, answered.bindingId)).toMatchObject({
        status: 'active',
        wrk_workflow_id: 'wf_1',
      });
      expect((await typed())?.error_reason).toMatch(/^adoption_(undone|superseded)$/);
      const told = [
        await then.addressees(app, 'adoption_undone'),
        await then.addressees(app, 'adoption_superseded'),
      ];
      expect(told.flat()).toEqual(TO_OPS);
      expect(await then.addressees(app, 'build_reopened')).toEqual(TO_THOSE_TOLD);
      expect(await completed()).toBe(0);
    });

    it('row 49: B2 the rows of its tenant cannot be written: it gives way on the library’s rows alone', async () => {
      const { app, adopt, typed, completed } = await openTyped();
      await adopt();
      const answered = await given.requestedBuild(app, B);
      const drop = 'alter table automation_versions drop constraint if exists no_way_back';
      onTestFinished(() => void app.query(drop));
      await app.query(
        `alter table automation_versions add constraint no_way_back check (status <> 'Build in Progress') not valid`,
      );
      await when.workUntil(app.another(), 'build_completed');
      await app.query(drop);
      expect(await then.binding(app, answered.bindingId)).toMatchObject({ wrk_workflow_id: 'wf_1' });
      expect(await typed()).toMatchObject({ error_reason: 'adoption_superseded', wrk_workflow_id: null });
      expect(await then.addressees(app, 'adoption_superseded')).toEqual(TO_OPS);
      expect(await then.addressees(app, 'build_reopened')).toEqual(TO_THOSE_TOLD);
      expect(await completed(), 'tasks are the host’s').toBe(3);
    });

    it('row 49: B2 its row is locked: that is waited for, and nothing is called twice', async () => {
      const { app, adopt, typed } = await openTyped();
      await adopt();
      const answered = await given.requestedBuild(app, B);
      const host = await app.store.pool.connect();
      await host.query('begin');
      await host.query(`select from wrk_builds.workflow_bindings where wrk_workflow_id = 'wf_1' for update`);
      const process = app.another();
      const workers = when.startBuilds(process);
      await until(
        async () =>
          (await app.query(`select from pg_locks where not granted and locktype = 'transactionid'`)).length >
          0,
      );
      await host.query('rollback');
      host.release();
      await when.happened(process, 'build_completed');
      await workers.stop();
      expect(await then.binding(app, answered.bindingId)).toMatchObject({ wrk_workflow_id: 'wf_1' });
      expect(await typed()).toMatchObject({ error_reason: 'adoption_superseded' });
      expect(app.fake.calls(), 'one of each build').toHaveLength(2);
    });
  },
);
