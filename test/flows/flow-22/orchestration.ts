import { expect, it } from 'vitest';
import { wrkBehaviour } from 'wrk-builds/testing';
import type { OpenScene } from '../support/in-each-store.js';
import { overHttp } from '../support/over-http.js';
import { bodiesIn, readRows } from '../support/rows.js';
import { addTask } from '../support/tasks.js';

/** What a build does when WRK makes the workflow. */
export function orchestrationTests(open: OpenScene): void {
  it('22.trigger.message The worker takes the message off the queue and carries the build out', async () => {
    const scene = await open();
    const { bindingId } = await scene.accept();
    await scene.work();
    expect(scene.fake.calls()).toMatchObject([{ number: 1, reference: bindingId }]);
    expect(bodiesIn(await readRows(scene), 'build-requests')).toEqual([]);
    expect(scene.events.filter(({ type }) => type === 'worker_problem')).toEqual([]);
  });

  it('22.diagram.fetch The blueprint is fetched when the worker begins, not when the build was requested', async () => {
    const scene = await open();
    await scene.accept();
    const blueprintJson = scene.store.edited;
    await scene.store.host.update('automationVersions', scene.project.versionId, { blueprintJson });
    await scene.buildUntil();
    const [call] = scene.fake.calls();
    expect(JSON.parse(call?.body ?? '')).toMatchObject({ blueprint: blueprintJson });
  });

  it('22.diagram.call WRK is asked over HTTP to create the workflow, with name, blueprint and tenant_id alone', async () => {
    const scene = await open({ wrk: overHttp() });
    await scene.accept();
    await scene.buildUntil();
    const { rows, tenantId } = scene.project;
    expect(scene.fake.calls().map(({ body }) => JSON.parse(body ?? ''))).toEqual([
      {
        name: rows.automations?.[0]?.name,
        blueprint: rows.automationVersions?.[0]?.blueprintJson,
        tenant_id: tenantId,
      },
    ]);
  });

  it('22.diagram.answer The workflow_id and workflow_url that WRK returns are the ones that are kept', async () => {
    const scene = await open({ wrk: overHttp() });
    scene.fake.script(
      wrkBehaviour.answers(201, {
        body: { workflow_id: 'wf_abc', workflow_url: 'https://app.wrk.example/workflows/wf_abc' },
      }),
    );
    await scene.accept();
    await scene.buildUntil();
    expect((await readRows(scene)).bindings).toMatchObject([
      {
        status: 'active',
        wrk_workflow_id: 'wf_abc',
        wrk_workflow_url: 'https://app.wrk.example/workflows/wf_abc',
      },
    ]);
  });

  it('22.row.binding-workflow-id The binding gets the id of the workflow', async () => {
    const scene = await open();
    await scene.accept();
    await scene.buildUntil();
    const [workflow] = scene.fake.workflows();
    const [binding] = (await readRows(scene)).bindings;
    expect(binding?.wrk_workflow_id).toBe(workflow?.id);
  });

  it('22.row.binding-workflow-url The binding gets the address of the workflow', async () => {
    const scene = await open();
    await scene.accept();
    await scene.buildUntil();
    const [workflow] = scene.fake.workflows();
    const [binding] = (await readRows(scene)).bindings;
    expect(binding?.wrk_workflow_url).toBe(workflow?.url);
  });

  it('22.row.binding-status The binding becomes active', async () => {
    const scene = await open();
    await scene.accept();
    await scene.buildUntil();
    expect((await readRows(scene)).bindings).toMatchObject([{ status: 'active' }]);
  });

  it('22.row.version-status The version moves to QA & Testing', async () => {
    const scene = await open();
    await scene.accept();
    await scene.buildUntil();
    expect((await readRows(scene)).version.status).toBe('QA & Testing');
  });

  it('22.row.project-status The project moves to QA & Testing', async () => {
    const scene = await open();
    await scene.accept();
    await scene.buildUntil();
    expect((await readRows(scene)).project.status).toBe('QA & Testing');
  });

  it('22.row.tasks The integration tasks of the checklist are complete, and no other', async () => {
    const scene = await open();
    await scene.accept();
    await scene.buildUntil();
    const { tasks } = await readRows(scene);
    const slugsOf = (status: string) =>
      tasks.filter((task) => task.status === status).map(({ templateSlug }) => templateSlug);
    expect(slugsOf('complete').sort()).toEqual(['connect-netsuite', 'connect-salesforce', 'create-workflow']);
    expect(slugsOf('pending')).toHaveLength(5);
  });

  it('22.row.project-progress The checklist progress is the percentage of build checklist tasks that are complete', async () => {
    const scene = await open();
    await addTask(scene, { templateSlug: 'another-kind', kind: 'follow_up', status: 'complete' });
    await addTask(scene, { templateSlug: 'another-place', contextType: 'account', status: 'complete' });
    await scene.accept();
    await scene.buildUntil();
    const { tasks, project } = await readRows(scene);
    expect(tasks).toHaveLength(2 + 8);
    expect(project.checklistProgress).toBe(Math.floor((100 * 3) / 8));
  });

  it('22.row.audit The audit log says that the build is complete, in the columns of the flow', async () => {
    const scene = await open();
    await scene.accept();
    await scene.buildUntil();
    const { tenantId, versionId } = scene.project;
    const { audit } = await readRows(scene);
    expect(audit.filter((entry) => entry.action_type === 'build_complete')).toEqual([
      {
        action_type: 'build_complete',
        resource_type: 'automation_version',
        resource_id: versionId,
        user_id: null,
        tenant_id: tenantId,
        metadata_json: { workflow_id: scene.fake.workflows()[0]?.id },
      },
    ]);
  });

  it('22.row.audit-time The database gives the audit entry its time, after that of the request', async () => {
    const scene = await open();
    await scene.accept();
    await scene.buildUntil();
    const { tenantId, versionId } = scene.project;
    const entries = await scene.store.auditEntries({ tenantId, resourceId: versionId });
    expect(entries.map(({ actionType }) => actionType)).toEqual(['request_build', 'build_complete']);
    for (const { createdAt } of entries) expect(Date.parse(createdAt)).not.toBeNaN();
  });

  it('22.row.call The call to WRK is kept in the ledger with what came of it', async () => {
    const scene = await open();
    const { bindingId } = await scene.accept();
    await scene.buildUntil();
    const [workflow] = scene.fake.workflows();
    expect((await readRows(scene)).calls).toMatchObject([
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
    const scene = await open();
    const { bindingId } = await scene.accept();
    await scene.deliver();
    await scene.buildUntil();
    const bodies = bodiesIn(await readRows(scene), 'notifications');
    expect(bodies).toHaveLength(3);
    for (const body of bodies) expect(body).toMatchObject({ kind: 'notification', bindingId });
  });
}
