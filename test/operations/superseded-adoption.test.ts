import { expect, it } from 'vitest';
import { stableId } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import type { RequestedBuild } from '../support/given.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';
import { type AnyApp, BY_OPS, describeInEachFamily } from './support/in-each-family.js';

/** What the fake gives to the first build that it is called for. */
const FIRST = { workflowId: 'wf_1', workflowUrl: 'https://app.wrk.example/workflows/wf_1' };

const A = { name: 'typed', tenantId: stableId('tenant', 'A') };
const B = { name: 'answered', tenantId: stableId('tenant', 'B') };

const adopt = (app: AnyApp, { tenantId, bindingId }: RequestedBuild, workflow = FIRST) =>
  app.builds.adoptWorkflow({ tenantId, bindingId, ...workflow, ...BY_OPS });

const tasksOf = async (app: AnyApp, { projectId }: RequestedBuild) => {
  const { tasks, projects } = await app.store.host.read();
  const progress = projects.find(({ id }) => id === projectId)?.checklistProgress;
  return { progress, tasks: tasks.filter(({ contextId }) => contextId === projectId) };
};

/** Everything that is stored for one tenant, as one text. */
const everythingOf = async (app: AnyApp, { tenantId }: RequestedBuild) => {
  const { bindings, calls, messages, audit } = await app.store.libraryRows();
  return JSON.stringify(
    [bindings, calls, messages, audit].map((rows) => rows.filter((row) => row.tenant_id === tenantId)),
  );
};

describeInEachFamily('a workflow that was adopted, and that WRK gives to another build', (open) => {
  it('B2 is the other build’s: the adopted one ends as an error, its ops are told, and neither tenant sees the other', async () => {
    const app = open();
    const typed = await given.requestedBuild(app, A);
    const tasks = await tasksOf(app, typed);
    expect((await adopt(app, typed)).isOk()).toBe(true);
    expect(await tasksOf(app, typed)).not.toEqual(tasks);
    const answered = await given.requestedBuild(app, B);
    await when.workUntil(app, 'build_completed');

    expect(await then.binding(app, answered.bindingId)).toMatchObject({
      status: 'active',
      wrk_workflow_id: FIRST.workflowId,
      error_reason: null,
    });
    expect(await then.binding(app, typed.bindingId)).toMatchObject({
      status: 'error',
      error_reason: 'adoption_superseded',
      error_details: { workflow_id: FIRST.workflowId },
      wrk_workflow_id: null,
      wrk_workflow_url: null,
    });
    const { automationVersions, projects } = await app.store.host.read();
    expect(automationVersions.find(({ id }) => id === typed.versionId)?.status).toBe('Build in Progress');
    expect(projects.find(({ id }) => id === typed.projectId)?.status).toBe('Build in Progress');
    expect(await then.addressees(app, 'adoption_superseded')).toEqual([
      'email to ops_team',
      'in_app to ops_team',
    ]);
    expect(await then.addressees(app, 'build_reopened')).toEqual([
      'email to client',
      'in_app to project_owner',
    ]);
    expect(await tasksOf(app, typed), 'what the adoption completed is open again').toEqual(tasks);
    expect(app.events).toContainEqual(
      expect.objectContaining({
        type: 'build_failed',
        bindingId: typed.bindingId,
        reason: 'adoption_superseded',
      }),
    );
    const { audit } = await app.store.libraryRows();
    expect(audit).toContainEqual(
      expect.objectContaining({
        tenant_id: A.tenantId,
        user_id: null,
        action_type: 'build_failed',
        metadata_json: expect.objectContaining({
          error_reason: 'adoption_superseded',
          workflow_id: FIRST.workflowId,
          to_version_status: 'Build in Progress',
          to_project_status: 'Build in Progress',
          reopened_tasks: ['connect-netsuite', 'connect-salesforce', 'create-workflow'],
        }),
      }),
    );
    for (const [one, other] of [
      [typed, answered],
      [answered, typed],
    ] as const) {
      const stored = await everythingOf(app, one);
      for (const id of [other.tenantId, other.bindingId, other.versionId, other.projectId])
        expect(stored).not.toContain(id);
    }

    const { tenantId, bindingId } = typed;
    expect((await app.builds.retryBuild({ tenantId, bindingId, ...BY_OPS })).isOk()).toBe(true);
    await when.workUntil(app, 'build_completed', 2);
    expect(await then.binding(app, bindingId)).toMatchObject({ status: 'active', wrk_workflow_id: 'wf_2' });
  });

  it('B2 is the other build’s too where its ops adopt what WRK had made for it', async () => {
    let versionId = '';
    const app = open({
      client: (client) => ({
        ...client,
        createWorkflow: async (call) => {
          const answer = await client.createWorkflow(call);
          await app.store.host.update('automationVersions', versionId, { status: 'Archived' });
          return answer;
        },
      }),
    });
    const answered = await given.requestedBuild(app, B);
    ({ versionId } = answered);
    await when.work(app);
    expect(await then.binding(app, answered.bindingId)).toMatchObject({ error_reason: 'not_buildable' });
    const typed = await given.requestedBuild(app, A);
    expect((await adopt(app, typed)).isOk()).toBe(true);

    await app.store.host.update('automationVersions', versionId, { status: 'Build in Progress' });
    expect((await adopt(app, answered))._unsafeUnwrap().status).toBe('active');
    expect(await then.binding(app, answered.bindingId)).toMatchObject({ wrk_workflow_id: FIRST.workflowId });
    expect(await then.binding(app, typed.bindingId)).toMatchObject({ error_reason: 'adoption_superseded' });

    expect((await adopt(app, typed))._unsafeUnwrapErr().code, 'and not taken back').toBe(
      'workflow_not_adoptable',
    );
    expect(await then.binding(app, answered.bindingId)).toMatchObject({ status: 'active' });
  });

  it('B2 stays where it is if another adoption wants it, or if WRK itself had given it', async () => {
    const app = open();
    const answered = await given.requestedBuild(app, B);
    await when.work(app);
    const typed = await given.requestedBuild(app, A);
    expect((await adopt(app, typed))._unsafeUnwrapErr().code).toBe('workflow_not_adoptable');
    const own = { workflowId: 'wf_own', workflowUrl: 'https://app.wrk.example/workflows/wf_own' };
    expect((await adopt(app, typed, own)).isOk()).toBe(true);
    app.fake.script(wrkBehaviour.answers(422));
    const third = await given.requestedBuild(app, 'third');
    await when.work(app);
    expect((await adopt(app, third, own))._unsafeUnwrapErr().code).toBe('workflow_not_adoptable');
    expect(await then.binding(app, typed.bindingId)).toMatchObject({ wrk_workflow_id: 'wf_own' });

    const body = { workflow_id: FIRST.workflowId, workflow_url: FIRST.workflowUrl };
    app.fake.script(wrkBehaviour.answers(201, { body }));
    const fourth = await given.requestedBuild(app, 'fourth');
    await when.work(app);
    expect(await then.binding(app, fourth.bindingId)).toMatchObject({ error_reason: 'workflow_conflict' });
    expect(await then.binding(app, answered.bindingId)).toMatchObject({ wrk_workflow_id: FIRST.workflowId });
  });
});
