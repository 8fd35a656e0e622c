import { expect, it } from 'vitest';
import { stableId } from '../../../src/testing/builders.js';
import { USER } from '../support/flow-app.js';
import type { OpenFlowApp } from '../support/in-each-store.js';
import { refuse } from '../support/refusals.js';
import { bodiesIn, readRows } from '../support/rows.js';
import { addTask } from '../support/tasks.js';

const ENGINEER = stableId('engineer');

/** What an accepted request writes, and by which triggers it comes. */
export function requestTests(open: OpenFlowApp): void {
  it('21.trigger.patch-status A person may set a version to Build in Progress', async () => {
    const app = await open();
    const { projectId, versionId } = app.project;
    const answer = await app.accept({ trigger: 'patch_status' });
    expect(answer).toMatchObject({ automationVersionId: versionId, projectId, run: 1 });
  });

  it('21.trigger.admin An admin may ask for the build of a project, and its one ready version is built', async () => {
    const app = await open();
    const { projectId, versionId } = app.project;
    const answer = await app.accept({
      trigger: 'admin_request_build',
      automationVersionId: undefined,
      projectId,
    });
    expect(answer).toMatchObject({ automationVersionId: versionId, projectId });
    expect((await readRows(app)).version.status).toBe('Build in Progress');
  });

  it('21.trigger.auto-build The host may start a build by itself, with nobody asking', async () => {
    const app = await open();
    await app.accept({ trigger: 'auto_build', userId: null });
    const { version, audit } = await readRows(app);
    expect(version.status).toBe('Build in Progress');
    expect(audit).toMatchObject([{ user_id: null, metadata_json: { trigger: 'auto_build' } }]);
  });

  it('21.trigger.status-change A version that the host has already moved by itself is built too', async () => {
    const app = await open();
    await app.store.host.update('automationVersions', app.project.versionId, {
      status: 'Build in Progress',
    });
    await app.accept({ trigger: 'status_change' });
    expect((await readRows(app)).bindings).toMatchObject([{ status: 'pending' }]);
  });

  it('21.row.version-status The version moves to Build in Progress', async () => {
    const app = await open();
    await app.accept();
    expect((await readRows(app)).version.status).toBe('Build in Progress');
  });

  it('21.row.project-status The project moves to Build in Progress', async () => {
    const app = await open();
    await app.accept();
    expect((await readRows(app)).project.status).toBe('Build in Progress');
  });

  it('21.row.project-progress The checklist progress of the project goes to 0', async () => {
    const app = await open();
    await app.store.host.update('projects', app.project.projectId, { checklistProgress: 40 });
    await app.accept();
    expect((await readRows(app)).project.checklistProgress).toBe(0);
  });

  it('21.row.binding A pending workflow binding is inserted for the version', async () => {
    const app = await open();
    const { bindingId } = await app.accept();
    expect((await readRows(app)).bindings).toMatchObject([
      {
        id: bindingId,
        tenant_id: app.project.tenantId,
        automation_version_id: app.project.versionId,
        status: 'pending',
        wrk_workflow_id: null,
        wrk_workflow_url: null,
      },
    ]);
  });

  it('21.row.tasks Pending build checklist tasks are inserted for the project', async () => {
    const app = await open();
    await app.accept();
    const { tasks } = await readRows(app);
    const { tenantId, projectId } = app.project;
    expect(tasks.map((task) => [task.templateSlug, task.category]).sort()).toEqual([
      ['connect-netsuite', 'integration'],
      ['connect-salesforce', 'integration'],
      ['create-workflow', 'integration'],
      ['hand-over-to-qa', 'manual'],
      ['handle-exceptions', 'manual'],
      ['set-up-credentials', 'manual'],
      ['test-with-sample-data', 'manual'],
      ['write-documentation', 'manual'],
    ]);
    const place = { tenantId, contextType: 'project', contextId: projectId, kind: 'build_checklist' };
    for (const task of tasks) expect(task).toMatchObject({ ...place, status: 'pending' });
  });

  it('21.row.tasks-not-twice A checklist task that exists is kept and not inserted again', async () => {
    const app = await open();
    const task = await addTask(app, { templateSlug: 'create-workflow', title: 'Written by ops' });
    await app.accept();
    const { tasks } = await readRows(app);
    expect(tasks.filter(({ templateSlug }) => templateSlug === 'create-workflow')).toEqual([task]);
    expect(tasks).toHaveLength(8);
  });

  it('21.row.tasks-reset A checklist task that was complete is set back to pending', async () => {
    const app = await open();
    const { id } = await addTask(app, { templateSlug: 'create-workflow', status: 'complete' });
    await app.accept();
    const { tasks } = await readRows(app);
    expect(tasks.find((task) => task.id === id)?.status).toBe('pending');
  });

  it('21.note.tasks-at-start Checklist tasks come with the build, not with the automation', async () => {
    const app = await open();
    expect((await readRows(app)).tasks).toEqual([]);
    await app.accept();
    expect((await readRows(app)).tasks).not.toEqual([]);
  });

  it('21.row.audit The audit log says who asked, what triggered it, and what was checked', async () => {
    const app = await open();
    const { bindingId } = await app.accept({ requestId: 'request-1' });
    const { tenantId, versionId, quoteId } = app.project;
    expect((await readRows(app)).audit).toEqual([
      {
        tenant_id: tenantId,
        user_id: USER,
        action_type: 'request_build',
        resource_type: 'automation_version',
        resource_id: versionId,
        metadata_json: {
          trigger: 'patch_status',
          binding_id: bindingId,
          run: 1,
          request_id: 'request-1',
          from_version_status: 'Ready for Build',
          from_project_status: 'Ready for Build',
          checked: { quote_id: quoteId, blueprint: 'complete', open_blockers: 0 },
        },
      },
    ]);
  });

  it('21.row.idempotency-answer The answer is kept under the idempotency key, and given again', async () => {
    const app = await open();
    const answer = await app.accept({ idempotencyKey: 'key-1' });
    const rows = await readRows(app);
    expect(rows.answers).toMatchObject([{ operation: 'request_build', key: 'key-1', answer_json: answer }]);
    expect(await app.accept({ idempotencyKey: 'key-1' })).toEqual(answer);
    expect(await readRows(app)).toEqual(rows);
  });

  it('21.message.build-request The build request waits in the build-requests queue', async () => {
    const app = await open();
    const { bindingId } = await app.accept({ requestId: 'request-1' });
    const { tenantId } = app.project;
    expect(bodiesIn(await readRows(app), 'build-requests')).toEqual([
      { v: 1, kind: 'build_request', tenantId, bindingId, requestId: 'request-1' },
    ]);
  });

  it('21.message.notifications The notifications wait in the notifications queue', async () => {
    const app = await open();
    const { bindingId } = await app.accept();
    const bodies = bodiesIn(await readRows(app), 'notifications');
    expect(bodies).toHaveLength(3);
    for (const body of bodies) expect(body).toMatchObject({ kind: 'notification', bindingId });
  });

  it('21.diagram.picked-up The worker picks the build up from the queue', async () => {
    const app = await open();
    const { bindingId } = await app.accept();
    await app.buildUntil();
    const claimed = app.events.filter(({ type }) => type === 'build_claimed');
    expect(claimed).toMatchObject([{ bindingId, run: 1, call: 1 }]);
    expect(await app.store.waiting('build-requests')).toBe(0);
  });

  it('21.manual.assignee Ops may name the solutions engineer with the request', async () => {
    const app = await open();
    await app.accept({ assigneeId: ENGINEER });
    expect((await readRows(app)).bindings).toMatchObject([{ assignee_id: ENGINEER }]);
  });

  it('21.manual.assign Ops may give a build that runs to a solutions engineer, who is told', async () => {
    const app = await open();
    const { bindingId } = await app.accept();
    await app.deliver();
    const { tenantId } = app.project;
    const command = { tenantId, bindingId, userId: USER, reason: 'Ada knows NetSuite.' };
    expect((await app.builds.assignBuild({ ...command, assigneeId: ENGINEER })).isOk()).toBe(true);
    expect((await readRows(app)).bindings).toMatchObject([{ assignee_id: ENGINEER, status: 'pending' }]);
    await app.deliver();
    const told = app.sent.filter(({ message }) => message.template === 'build_assigned');
    expect(told.map(({ message }) => message.audience)).toEqual(['ops_team', 'solutions_engineer']);
  });

  it('21.manual.preview Ops see every prerequisite, met or not, without starting anything', async () => {
    const app = await open();
    const { tenantId, versionId, quoteId } = app.project;
    await app.store.host.update('quotes', quoteId, { status: 'sent' });
    const preview = await app.builds.previewBuild({ tenantId, automationVersionId: versionId });
    const { refusal, prerequisites } = preview._unsafeUnwrap();
    expect(refusal?.code).toBe('quote_not_signed');
    expect(prerequisites.map(({ prerequisite, met }) => [prerequisite, met])).toEqual([
      ['quote', false],
      ['blueprint', true],
      ['project', true],
      ['blocking_issues', true],
      ['host', true],
    ]);
    const { version, bindings } = await readRows(app);
    expect([version.status, bindings]).toEqual(['Ready for Build', []]);
  });

  it('21.manual.review A host may hold builds back until ops have reviewed them', async () => {
    let isReviewed = false;
    const notReviewed = [{ prerequisite: 'ops_review', message: 'Ops have not reviewed the build yet.' }];
    const app = await open({ prerequisites: [async () => (isReviewed ? [] : notReviewed)] });
    const { status, body } = await refuse(app);
    expect([status, body.error_code]).toEqual([400, 'missing_prerequisites']);
    isReviewed = true;
    await app.accept();
    expect((await readRows(app)).version.status).toBe('Build in Progress');
  });
}
