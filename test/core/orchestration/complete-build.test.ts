import { describe, expect, it } from 'vitest';
import type { ChecklistTaskFacts, ClaimedBuild } from '../../../src/core/build/facts.js';
import { completeBuild } from '../../../src/core/orchestration/end-run.js';
import { claimedBuild, ledgerCall, orchestrationPolicy } from '../support/claimed-build.js';
import { bindingFacts, versionFacts } from '../support/request-facts.js';

const WORKFLOW = { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' };

const complete = (build: Partial<ClaimedBuild> = {}, slack = false) =>
  completeBuild(
    claimedBuild(build),
    WORKFLOW,
    'created',
    orchestrationPolicy({ channels: { slack } }),
    'decision-1',
  );

const task = (id: string, category: string, status: string): ChecklistTaskFacts => ({
  id,
  slug: `slug of ${id}`,
  category,
  status,
});

describe('a build whose workflow was created', () => {
  it('binds the workflow', () => {
    const binding = bindingFacts({
      fence: 5,
      run: 2,
      assigneeId: 'engineer-1',
      errorReason: 'network_failure',
    });
    const decision = complete({ binding });
    expect(decision.bindingId).toBe('binding-1');
    expect(decision.binding).toEqual({
      status: 'active',
      run: 2,
      fence: 5,
      priority: 0,
      runInMs: null,
      followUpInMs: null,
      requestId: 'request-1',
      requestedBy: 'user-1',
      orchestration: 'automatic',
      keyGeneration: 0,
      duplicateRiskRun: null,
      cameFromVersionStatus: 'Ready for Build',
      cameFromProjectStatus: 'Awaiting Build',
      errorReason: null,
      errorDetails: null,
      ...WORKFLOW,
      adoption: null,
    });
  });

  it('moves version and project to “QA & Testing”', () => {
    const decision = complete();
    expect(decision.automationVersionStatus).toBe('QA & Testing');
    expect(decision.project?.status).toBe('QA & Testing');
  });

  it('writes the audit entry as flow 22 writes it, and nothing more', () => {
    expect(complete().audit).toEqual({
      tenantId: 'tenant-1',
      userId: null,
      actionType: 'build_complete',
      resourceType: 'automation_version',
      resourceId: 'version-1',
      metadata: { workflow_id: 'wf-1' },
    });
  });

  it('closes its call, with the workflow in the ledger', () => {
    expect(complete().closeCall).toEqual({
      id: 'call-of-this-claim',
      outcome: 'created',
      detail: 'WRK has the workflow',
      findings: [],
      httpStatus: null,
      wrkRequestId: null,
      durationMs: null,
      ...WORKFLOW,
    });
  });

  it('holds only under its own lease, for the version and project it was decided on', () => {
    expect(complete().guard).toEqual({
      binding: { fence: 2, status: 'pending' },
      assignee: null,
      automationVersionRow: 'version row 1',
      project: { id: 'project-1', row: 'project row 1' },
      quote: null,
      noOpenBlocker: false,
      noBuildingSibling: false,
    });
  });

  it('completes the integration tasks that are open, leaves the manual ones, and creates none', () => {
    const decision = complete({
      checklist: [
        task('workflow', 'integration', 'pending'),
        task('salesforce', 'integration', 'in_progress'),
        task('netsuite', 'integration', 'complete'),
        task('testing', 'manual', 'pending'),
        task('manual-done', 'manual', 'complete'),
      ],
    });
    expect(decision.setTasks).toEqual([
      { taskId: 'workflow', status: 'complete' },
      { taskId: 'salesforce', status: 'complete' },
    ]);
    expect(decision.createTasks).toEqual([]);
    expect(decision.project?.checklistProgress).toBe(80);
  });

  it.each([
    ['no task', [], 0],
    ['manual tasks only', [task('a', 'manual', 'pending')], 0],
    ['one integration task', [task('a', 'integration', 'pending')], 100],
    [
      'one integration task of three',
      [task('a', 'integration', 'pending'), task('b', 'manual', 'pending'), task('c', 'manual', 'skipped')],
      33,
    ],
  ])('counts the progress with %s', (_, checklist, progress) => {
    expect(complete({ checklist }).project?.checklistProgress).toBe(progress);
  });

  it('tells the client, the ops team and the project owner; Slack has no part in it', () => {
    const expected = [
      'binding-1:2:build_complete:email:client',
      'binding-1:2:qa_ready:email:ops_team',
      'binding-1:2:build_complete:in_app:project_owner',
    ];
    expect(complete().messages.map(({ key }) => key)).toEqual(expected);
    expect(complete({}, true).messages.map(({ key }) => key)).toEqual(expected);
    expect(complete().messages[0]?.body).toMatchObject({
      workflowUrl: 'https://wrk.example/wf-1',
      automationName: 'Invoices to ledger',
      projectName: 'Finance',
      projectId: 'project-1',
      errorReason: null,
      errorDetails: [],
    });
  });

  it('is written under the decision’s id, with nothing for an idempotency key', () => {
    expect(complete()).toMatchObject({
      id: 'decision-1',
      tenantId: 'tenant-1',
      automationVersionId: 'version-1',
      idempotency: null,
    });
  });
});

describe('a workflow that its version cannot take any more', () => {
  it.each([
    ['archived', { automationVersion: versionFacts({ status: 'Archived' }) }],
    ['moved back', { automationVersion: versionFacts({ status: 'Ready for Build' }) }],
    ['in QA already', { automationVersion: versionFacts({ status: 'QA & Testing' }) }],
    ['deleted', { automationVersion: null }],
    ['cut off from its project', { project: null }],
  ])('ends the run when the version was %s meanwhile, and keeps the workflow', (_, change) => {
    const checklist = [task('a', 'integration', 'pending')];
    const decision = complete({ ...change, checklist });
    expect(decision.binding).toMatchObject({
      status: 'error',
      errorReason: 'not_buildable',
      errorDetails: {
        detail:
          'WRK created workflow wf-1, but the version can no longer use it: delete it in WRK, or move the version back to “Build in Progress” and adopt it',
      },
      workflowId: null,
    });
    expect(decision.closeCall).toMatchObject({ outcome: 'created', ...WORKFLOW });
    expect(decision.automationVersionStatus).toBeNull();
    expect(decision.project?.status ?? null).toBeNull();
    expect(decision.setTasks).toEqual([]);
    expect(decision.audit).toMatchObject({
      actionType: 'build_failed',
      metadata: { error_reason: 'not_buildable' },
    });
  });

  it('tells ops that the build has failed, and that WRK holds a workflow', () => {
    const { messages } = complete({ automationVersion: null }, true);
    expect(messages.map(({ key }) => key)).toEqual([
      'binding-1:2:build_failed:email:ops_team',
      'binding-1:2:build_failed:in_app:ops_team',
      'binding-1:2:build_failed:slack:ops_channel',
      'binding-1:2:workflow_unbound:email:ops_team',
      'binding-1:2:workflow_unbound:in_app:ops_team',
    ]);
    expect(messages[3]?.body).toMatchObject({
      workflowUrl: 'https://wrk.example/wf-1',
      errorReason: 'not_buildable',
      automationName: '',
      projectName: 'Finance',
    });
  });

  it('says so without a project when there is none', () => {
    const { messages, project, guard } = complete({ project: null });
    expect(project).toBeNull();
    expect(guard.project).toBeNull();
    expect(
      messages.map(({ body }) => ('projectId' in body ? [body.projectId, body.projectName] : [])),
    ).toEqual(messages.map(() => [null, null]));
  });
});

describe('a second workflow of the same build', () => {
  const other = ledgerCall(1, 'created', { workflowId: 'wf-0', workflowUrl: 'https://wrk.example/wf-0' });
  const same = ledgerCall(2, 'created', WORKFLOW);
  const templates = ({ messages }: ReturnType<typeof complete>) =>
    messages.flatMap(({ body }) =>
      'template' in body && body.template === 'workflow_unbound'
        ? [[body.channel, body.workflowUrl, body.errorDetails]]
        : [],
    );

  it('is told to ops once the build holds another one', () => {
    const decision = complete({ calls: [other, same] });
    expect(decision.binding).toMatchObject(WORKFLOW);
    expect(templates(decision)).toEqual([
      ['email', 'https://wrk.example/wf-0', ['wf-0']],
      ['in_app', 'https://wrk.example/wf-0', ['wf-0']],
    ]);
  });

  it('is told to ops along with the one that the version cannot take', () => {
    const decision = complete({ calls: [other], automationVersion: null });
    expect(templates(decision)).toEqual([
      ['email', 'https://wrk.example/wf-1', ['wf-1', 'wf-0']],
      ['in_app', 'https://wrk.example/wf-1', ['wf-1', 'wf-0']],
    ]);
  });

  it('is none when the ledger only repeats the one that is bound', () => {
    expect(templates(complete({ calls: [same, ledgerCall(3, 'unknown')] }))).toEqual([]);
  });
});
