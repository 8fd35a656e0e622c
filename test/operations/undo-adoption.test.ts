import { expect, it } from 'vitest';
import type { RequestedBuild } from '../support/given.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';
import { type AnyApp, BY_OPS, describeInEachFamily } from './support/in-each-family.js';

const WORKFLOW = { workflowId: 'wf-by-hand', workflowUrl: 'https://app.wrk.example/workflows/wf-by-hand' };

const commandOf = ({ tenantId, bindingId }: RequestedBuild) => ({ tenantId, bindingId, ...BY_OPS });
const adopt = (app: AnyApp, build: RequestedBuild) =>
  app.builds.adoptWorkflow({ ...commandOf(build), ...WORKFLOW });

describeInEachFamily('an adoption', (open) => {
  it('B2 is undone: the build has failed, its workflow can be adopted for another one, and it can be built anew', async () => {
    const app = open();
    const build = await given.requestedBuild(app, 'mistyped');
    const other = await given.requestedBuild(app, {
      name: 'right',
      tenantId: '5f0c2b3a-7c1d-4a59-8e21-2b7d9e6f4a10',
    });
    expect((await adopt(app, build)).isOk()).toBe(true);
    expect((await adopt(app, other))._unsafeUnwrapErr().code).toBe('workflow_not_adoptable');
    const shown = (
      await app.builds.getBuild({ tenantId: build.tenantId, bindingId: build.bindingId })
    )._unsafeUnwrap();
    expect(shown.explanation.actions).toEqual(['undo_adoption']);
    const undone = (await app.builds.undoAdoption(commandOf(build)))._unsafeUnwrap();
    expect(undone).toMatchObject({ bindingId: build.bindingId, status: 'error', run: 1 });
    expect(await then.binding(app, build.bindingId)).toMatchObject({
      error_reason: 'adoption_undone',
      wrk_workflow_id: null,
      adoption: null,
    });
    const after = await app.store.host.read();
    expect(after.automationVersions.find(({ id }) => id === build.versionId)?.status).toBe(
      'Build in Progress',
    );
    expect(after.projects.find(({ id }) => id === build.projectId)?.status).toBe('Build in Progress');
    const { audit } = await app.store.libraryRows();
    expect(audit).toContainEqual(
      expect.objectContaining({
        action_type: 'undo_adoption',
        user_id: BY_OPS.userId,
        metadata_json: expect.objectContaining({
          reason: BY_OPS.reason,
          workflow_id: WORKFLOW.workflowId,
          reopened_tasks: ['connect-netsuite', 'connect-salesforce', 'create-workflow'],
        }),
      }),
    );
    expect(await then.addressees(app, 'adoption_undone')).toEqual([
      'email to ops_team',
      'in_app to ops_team',
    ]);
    expect(await then.addressees(app, 'build_reopened')).toEqual([
      'email to client',
      'in_app to project_owner',
    ]);
    expect((await app.builds.undoAdoption(commandOf(build)))._unsafeUnwrapErr().code).toBe(
      'wrong_build_status',
    );

    expect((await adopt(app, other)).isOk()).toBe(true);
    expect((await app.builds.retryBuild(commandOf(build))).isOk()).toBe(true);
    await when.workUntil(app, 'build_completed');
    expect(await then.binding(app, build.bindingId)).toMatchObject({
      status: 'active',
      wrk_workflow_id: 'wf_1',
    });
  });

  it('B2 is undone with its tasks: what it completed is open again, and what people did stays', async () => {
    const app = open();
    const build = await given.requestedBuild(app, 'tasks');
    const ofProject = async () => {
      const { tasks, projects } = await app.store.host.read();
      const own = tasks.filter(({ contextId }) => contextId === build.projectId);
      return {
        tasks: own,
        statuses: Object.fromEntries(own.map(({ templateSlug, status }) => [templateSlug, status])),
        progress: projects.find(({ id }) => id === build.projectId)?.checklistProgress,
      };
    };
    const set = async (slug: string, status: string) => {
      const task = (await ofProject()).tasks.find(({ templateSlug }) => templateSlug === slug);
      await app.store.host.update('tasks', `${task?.id}`, { status });
    };

    await set('connect-salesforce', 'complete');
    await set('connect-netsuite', 'in_progress');
    expect((await adopt(app, build)).isOk()).toBe(true);
    const adopted = await ofProject();
    expect([adopted.statuses['connect-netsuite'], adopted.progress]).toEqual(['complete', 37]);
    await set('write-documentation', 'complete');

    expect((await app.builds.undoAdoption(commandOf(build))).isOk()).toBe(true);
    const { statuses, progress } = await ofProject();
    expect({ statuses, progress }).toEqual({
      statuses: {
        ...adopted.statuses,
        'create-workflow': 'pending',
        'connect-netsuite': 'in_progress',
        'connect-salesforce': 'complete',
        'write-documentation': 'complete',
      },
      progress: 25,
    });
    const { audit } = await app.store.libraryRows();
    const metadata = audit.find(({ action_type }) => action_type === 'undo_adoption')?.metadata_json;
    expect(metadata).toMatchObject({ reopened_tasks: ['connect-netsuite', 'create-workflow'] });
  });

  it('B2 is not undone where WRK gave the workflow, or the host has moved the version on; that is audited', async () => {
    const app = open();
    const given1 = await given.requestedBuild(app, 'given');
    await when.work(app);
    const live = await given.requestedBuild(app, 'live');
    await adopt(app, live);
    await app.store.host.update('automationVersions', live.versionId, { status: 'Live' });
    const before = await app.store.libraryRows();
    expect((await app.builds.undoAdoption(commandOf(given1)))._unsafeUnwrapErr().code).toBe(
      'workflow_not_adopted',
    );
    expect((await app.builds.undoAdoption(commandOf(live)))._unsafeUnwrapErr()).toMatchObject({
      code: 'version_moved_on',
      details: { automationVersionStatus: 'Live' },
    });
    const { audit, ...rest } = await app.store.libraryRows();
    expect(rest).toEqual({ ...before, audit: undefined });
    const refused = audit.flatMap(({ action_type, metadata_json }) =>
      action_type === 'command_refused' ? [Object(metadata_json)] : [],
    );
    expect(refused.map(({ command, code }) => `${command}: ${code}`).toSorted()).toEqual([
      'undo_adoption: version_moved_on',
      'undo_adoption: workflow_not_adopted',
    ]);
  });
});
