import { expect, it } from 'vitest';
import { stableId } from '../../../src/testing/builders.js';
import type { OpenScene } from '../support/in-each-store.js';
import { refuse } from '../support/refusals.js';
import { bodiesIn, readRows } from '../support/rows.js';
import { USER } from '../support/scene.js';
import { addTask } from '../support/tasks.js';

const ENGINEER = stableId('engineer');

/** What an accepted request writes, and by which doors it comes. */
export function requestTests(open: OpenScene): void {
  it('21.trigger.patch-status A person may set a version to Build in Progress', async () => {
    const scene = await open();
    const { projectId, versionId } = scene.project;
    const answer = await scene.accept({ trigger: 'patch_status' });
    expect(answer).toMatchObject({ automationVersionId: versionId, projectId, run: 1 });
  });

  it('21.trigger.admin An admin may ask for the build of a project, and its one ready version is built', async () => {
    const scene = await open();
    const { projectId, versionId } = scene.project;
    const answer = await scene.accept({
      trigger: 'admin_request_build',
      automationVersionId: undefined,
      projectId,
    });
    expect(answer).toMatchObject({ automationVersionId: versionId, projectId });
    expect((await readRows(scene)).version.status).toBe('Build in Progress');
  });

  it('21.trigger.auto-build The host may start a build by itself, with nobody asking', async () => {
    const scene = await open();
    await scene.accept({ trigger: 'auto_build', userId: null });
    const { version, audit } = await readRows(scene);
    expect(version.status).toBe('Build in Progress');
    expect(audit).toMatchObject([{ user_id: null, metadata_json: { trigger: 'auto_build' } }]);
  });

  it('21.trigger.status-change A version that the host has already moved by itself is built too', async () => {
    const scene = await open();
    await scene.store.host.update('automationVersions', scene.project.versionId, {
      status: 'Build in Progress',
    });
    await scene.accept({ trigger: 'status_change' });
    expect((await readRows(scene)).bindings).toMatchObject([{ status: 'pending' }]);
  });

  it('21.row.version-status The version moves to Build in Progress', async () => {
    const scene = await open();
    await scene.accept();
    expect((await readRows(scene)).version.status).toBe('Build in Progress');
  });

  it('21.row.project-status The project moves to Build in Progress', async () => {
    const scene = await open();
    await scene.accept();
    expect((await readRows(scene)).project.status).toBe('Build in Progress');
  });

  it('21.row.project-progress The checklist progress of the project goes to 0', async () => {
    const scene = await open();
    await scene.store.host.update('projects', scene.project.projectId, { checklistProgress: 40 });
    await scene.accept();
    expect((await readRows(scene)).project.checklistProgress).toBe(0);
  });

  it('21.row.binding A pending workflow binding is inserted for the version', async () => {
    const scene = await open();
    const { bindingId } = await scene.accept();
    expect((await readRows(scene)).bindings).toMatchObject([
      {
        id: bindingId,
        tenant_id: scene.project.tenantId,
        automation_version_id: scene.project.versionId,
        status: 'pending',
        wrk_workflow_id: null,
        wrk_workflow_url: null,
      },
    ]);
  });

  it('21.row.tasks Pending build checklist tasks are inserted for the project', async () => {
    const scene = await open();
    await scene.accept();
    const { tasks } = await readRows(scene);
    const { tenantId, projectId } = scene.project;
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
    const scene = await open();
    const task = await addTask(scene, { templateSlug: 'create-workflow', title: 'Written by ops' });
    await scene.accept();
    const { tasks } = await readRows(scene);
    expect(tasks.filter(({ templateSlug }) => templateSlug === 'create-workflow')).toEqual([task]);
    expect(tasks).toHaveLength(8);
  });

  it('21.row.tasks-reset A checklist task that was complete is set back to pending', async () => {
    const scene = await open();
    const { id } = await addTask(scene, { templateSlug: 'create-workflow', status: 'complete' });
    await scene.accept();
    const { tasks } = await readRows(scene);
    expect(tasks.find((task) => task.id === id)?.status).toBe('pending');
  });

  it('21.note.tasks-at-start Checklist tasks come with the build, not with the automation', async () => {
    const scene = await open();
    expect((await readRows(scene)).tasks).toEqual([]);
    await scene.accept();
    expect((await readRows(scene)).tasks).not.toEqual([]);
  });

  it('21.row.audit The audit log says who asked, what triggered it, and what was checked', async () => {
    const scene = await open();
    const { bindingId } = await scene.accept({ requestId: 'request-1' });
    const { tenantId, versionId, quoteId } = scene.project;
    expect((await readRows(scene)).audit).toEqual([
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
    const scene = await open();
    const answer = await scene.accept({ idempotencyKey: 'key-1' });
    const rows = await readRows(scene);
    expect(rows.answers).toMatchObject([{ operation: 'request_build', key: 'key-1', answer_json: answer }]);
    expect(await scene.accept({ idempotencyKey: 'key-1' })).toEqual(answer);
    expect(await readRows(scene)).toEqual(rows);
  });

  it('21.message.build-request The build request waits in the build-requests queue', async () => {
    const scene = await open();
    const { bindingId } = await scene.accept({ requestId: 'request-1' });
    const { tenantId } = scene.project;
    expect(bodiesIn(await readRows(scene), 'build-requests')).toEqual([
      { v: 1, kind: 'build_request', tenantId, bindingId, requestId: 'request-1' },
    ]);
  });

  it('21.message.notifications The notifications wait in the notifications queue', async () => {
    const scene = await open();
    const { bindingId } = await scene.accept();
    const bodies = bodiesIn(await readRows(scene), 'notifications');
    expect(bodies).toHaveLength(3);
    for (const body of bodies) expect(body).toMatchObject({ kind: 'notification', bindingId });
  });

  it('21.diagram.picked-up The worker picks the build up from the queue', async () => {
    const scene = await open();
    const { bindingId } = await scene.accept();
    await scene.buildUntil();
    const claimed = scene.events.filter(({ type }) => type === 'build_claimed');
    expect(claimed).toMatchObject([{ bindingId, run: 1, call: 1 }]);
    expect(await scene.store.waiting('build-requests')).toBe(0);
  });

  it('21.manual.assignee Ops may name the solutions engineer with the request', async () => {
    const scene = await open();
    await scene.accept({ assigneeId: ENGINEER });
    expect((await readRows(scene)).bindings).toMatchObject([{ assignee_id: ENGINEER }]);
  });

  it('21.manual.assign Ops may give a build that runs to a solutions engineer, who is told', async () => {
    const scene = await open();
    const { bindingId } = await scene.accept();
    await scene.deliver();
    const { tenantId } = scene.project;
    const command = { tenantId, bindingId, userId: USER, reason: 'Ada knows NetSuite.' };
    expect((await scene.builds.assignBuild({ ...command, assigneeId: ENGINEER })).isOk()).toBe(true);
    expect((await readRows(scene)).bindings).toMatchObject([{ assignee_id: ENGINEER, status: 'pending' }]);
    await scene.deliver();
    const told = scene.sent.filter(({ message }) => message.template === 'build_assigned');
    expect(told.map(({ message }) => message.audience)).toEqual(['ops_team', 'solutions_engineer']);
  });

  it('21.manual.preview Ops see every prerequisite, met or not, without starting anything', async () => {
    const scene = await open();
    const { tenantId, versionId, quoteId } = scene.project;
    await scene.store.host.update('quotes', quoteId, { status: 'sent' });
    const preview = await scene.builds.previewBuild({ tenantId, automationVersionId: versionId });
    const { refusal, prerequisites } = preview._unsafeUnwrap();
    expect(refusal?.code).toBe('quote_not_signed');
    expect(prerequisites.map(({ prerequisite, met }) => [prerequisite, met])).toEqual([
      ['quote', false],
      ['blueprint', true],
      ['project', true],
      ['blocking_issues', true],
      ['host', true],
    ]);
    const { version, bindings } = await readRows(scene);
    expect([version.status, bindings]).toEqual(['Ready for Build', []]);
  });

  it('21.manual.review A host may hold builds back until ops have reviewed them', async () => {
    let isReviewed = false;
    const notReviewed = [{ prerequisite: 'ops_review', message: 'Ops have not reviewed the build yet.' }];
    const scene = await open({ prerequisites: [async () => (isReviewed ? [] : notReviewed)] });
    const { status, body } = await refuse(scene);
    expect([status, body.error_code]).toEqual([400, 'missing_prerequisites']);
    isReviewed = true;
    await scene.accept();
    expect((await readRows(scene)).version.status).toBe('Build in Progress');
  });
}
