import { expect, it } from 'vitest';
import { wrkBehaviour } from 'wrk-builds/testing';
import type { OpenFlowApp } from '../support/in-each-store.js';
import { overHttp } from '../support/over-http.js';
import { bodiesIn, readRows } from '../support/rows.js';
import { addTask } from '../support/tasks.js';

/** What a build does when WRK makes the workflow. */
export function orchestrationTests(open: OpenFlowApp): void {
  it('22.trigger.message The worker takes the message off the queue and carries the build out', async () => {
    const app = await open();
    const { bindingId } = await app.accept();
    await app.work();
    expect(app.fake.calls()).toMatchObject([{ number: 1, reference: bindingId }]);
    expect(bodiesIn(await readRows(app), 'build-requests')).toEqual([]);
    expect(app.events.filter(({ type }) => type === 'worker_problem')).toEqual([]);
  });

  it('22.diagram.fetch The blueprint is fetched when the worker begins, not when the build was requested', async () => {
    const app = await open();
    await app.accept();
    const blueprintJson = app.store.edited;
    await app.store.host.update('automationVersions', app.project.versionId, { blueprintJson });
    await app.buildUntil();
    const [call] = app.fake.calls();
    expect(JSON.parse(call?.body ?? '')).toMatchObject({ blueprint: blueprintJson });
  });

  it('22.diagram.call WRK is asked over HTTP to create the workflow, with name, blueprint and tenant_id alone', async () => {
    const app = await open({ wrk: overHttp() });
    await app.accept();
    await app.buildUntil();
    const { rows, tenantId } = app.project;
    expect(app.fake.calls().map(({ body }) => JSON.parse(body ?? ''))).toEqual([
      {
        name: rows.automations?.[0]?.name,
        blueprint: rows.automationVersions?.[0]?.blueprintJson,
        tenant_id: tenantId,
      },
    ]);
  });

  it('22.diagram.answer The workflow_id and workflow_url that WRK returns are the ones that are kept', async () => {
    const app = await open({ wrk: overHttp() });
    app.fake.script(
      wrkBehaviour.answers(201, {
        body: { workflow_id: 'wf_abc', workflow_url: 'https://app.wrk.example/workflows/wf_abc' },
      }),
    );
    await app.accept();
    await app.buildUntil();
    expect((await readRows(app)).bindings).toMatchObject([
      {
        status: 'active',
        wrk_workflow_id: 'wf_abc',
        wrk_workflow_url: 'https://app.wrk.example/workflows/wf_abc',
      },
    ]);
  });

  it('22.row.binding-workflow-id The binding gets the id of the workflow', async () => {
    const app = await open();
    await app.accept();
    await app.buildUntil();
    const [workflow] = app.fake.workflows();
    const [binding] = (await readRows(app)).bindings;
    expect(binding?.wrk_workflow_id).toBe(workflow?.id);
  });

  it('22.row.binding-workflow-url The binding gets the address of the workflow', async () => {
    const app = await open();
    await app.accept();
    await app.buildUntil();
    const [workflow] = app.fake.workflows();
    const [binding] = (await readRows(app)).bindings;
    expect(binding?.wrk_workflow_url).toBe(workflow?.url);
  });

  it('22.row.binding-status The binding becomes active', async () => {
    const app = await open();
    await app.accept();
    await app.buildUntil();
    expect((await readRows(app)).bindings).toMatchObject([{ status: 'active' }]);
  });

  it('22.row.version-status The version moves to QA & Testing', async () => {
    const app = await open();
    await app.accept();
    await app.buildUntil();
    expect((await readRows(app)).version.status).toBe('QA & Testing');
  });

  it('22.row.project-status The project moves to QA & Testing', async () => {
    const app = await open();
    await app.accept();
    await app.buildUntil();
    expect((await readRows(app)).project.status).toBe('QA & Testing');
  });

  it('22.row.tasks The integration tasks of the checklist are complete, and no other', async () => {
    const app = await open();
    await app.accept();
    await app.buildUntil();
    const { tasks } = await readRows(app);
    const slugsOf = (status: string) =>
      tasks.filter((task) => task.status === status).map(({ templateSlug }) => templateSlug);
    expect(slugsOf('complete').sort()).toEqual(['connect-netsuite', 'connect-salesforce', 'create-workflow']);
    expect(slugsOf('pending')).toHaveLength(5);
  });

  it('22.row.project-progress The checklist progress is the percentage of build checklist tasks that are complete', async () => {
    const app = await open();
    await addTask(app, { templateSlug: 'another-kind', kind: 'follow_up', status: 'complete' });
    await addTask(app, { templateSlug: 'another-place', contextType: 'account', status: 'complete' });
    await app.accept();
    await app.buildUntil();
    const { tasks, project } = await readRows(app);
    expect(tasks).toHaveLength(2 + 8);
    expect(project.checklistProgress).toBe(Math.floor((100 * 3) / 8));
  });

  it('22.row.audit The audit log says that the build is complete, in the columns of the flow', async () => {
    const app = await open();
    await app.accept();
    await app.buildUntil();
    const { tenantId, versionId } = app.project;
    const { audit } = await readRows(app);
    expect(audit.filter((entry) => entry.action_type === 'build_complete')).toEqual([
      {
        action_type: 'build_complete',
        resource_type: 'automation_version',
        resource_id: versionId,
        user_id: null,
        tenant_id: tenantId,
        metadata_json: { workflow_id: app.fake.workflows()[0]?.id },
      },
    ]);
  });

  it('22.row.audit-time The database gives the audit entry its time, after that of the request', async () => {
    const app = await open();
    await app.accept();
    await app.buildUntil();
    const { tenantId, versionId } = app.project;
    const entries = await app.store.auditEntries({ tenantId, resourceId: versionId });
    expect(entries.map(({ actionType }) => actionType)).toEqual(['request_build', 'build_complete']);
    for (const { createdAt } of entries) expect(Date.parse(createdAt)).not.toBeNaN();
  });

  it('22.row.call The call to WRK is kept in the ledger with what came of it', async () => {
    const app = await open();
    const { bindingId } = await app.accept();
    await app.buildUntil();
    const [workflow] = app.fake.workflows();
    expect((await readRows(app)).calls).toMatchObject([
      {
        binding_id: bindingId,
        run: 1,
        number: 1,
        outcome: 'created',
        wrk_workflow_id: workflow?.id,
        wrk_workflow_url: workflow?.url,
      },
    ]);
  });

  it('22.message.notification-job The notification jobs wait in the notifications queue', async () => {
    const app = await open();
    const { bindingId } = await app.accept();
    await app.deliver();
    await app.buildUntil();
    const bodies = bodiesIn(await readRows(app), 'notifications');
    expect(bodies).toHaveLength(3);
    for (const body of bodies) expect(body).toMatchObject({ kind: 'notification', bindingId });
  });
}
