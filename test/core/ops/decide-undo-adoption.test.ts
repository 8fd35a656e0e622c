import { describe, expect, it } from 'vitest';
import type { BuildFacts } from '../../../src/core/build/facts.js';
import { decideUndoAdoption } from '../../../src/core/ops/decide-undo-adoption.js';
import { DUPLICATE_POLICIES, ledgerCall, orchestrationPolicy } from '../support/claimed-build.js';
import { adoptedBuild, BY_OPS } from '../support/ops-facts.js';
import { bindingFacts, projectFacts, REQUEST_POLICY, versionFacts } from '../support/request-facts.js';

const { startableStatuses } = REQUEST_POLICY;

const undo = (build: BuildFacts = adoptedBuild(), duplicates: keyof typeof DUPLICATE_POLICIES = 'key') => {
  const orchestration = orchestrationPolicy({ duplicates: DUPLICATE_POLICIES[duplicates] });
  return decideUndoAdoption(build, BY_OPS, { ...orchestration, startableStatuses });
};

describe('a command to undo an adoption', () => {
  it('leaves a failed build behind, frees the workflow, and opens again what the adoption completed', () => {
    const checklist = [
      { id: 'a', slug: 'connect-slack', category: 'integration', status: 'complete' },
      { id: 'b', slug: 'hand-over', category: 'manual', status: 'pending' },
      { id: 'c', slug: 'create-workflow', category: 'integration', status: 'complete' },
      { id: 'd', slug: 'by people', category: 'integration', status: 'complete' },
      { id: 'e', slug: 'changed since', category: 'integration', status: 'In Review' },
    ];
    const completedTasks = ['a', 'c', 'e', 'gone'].map((taskId) => ({
      taskId,
      statusBefore: taskId === 'c' ? 'Begun' : 'pending',
    }));
    const { binding } = adoptedBuild();
    const build = adoptedBuild({ checklist, binding: { ...binding, adoption: { completedTasks } } });
    const decision = undo(build)._unsafeUnwrap();
    expect(decision).toMatchObject({
      id: 'decision-1',
      guard: {
        binding: { fence: 5, status: 'active' },
        automationVersionRow: build.automationVersion?.rowVersion,
        project: { id: build.project?.id, row: build.project?.rowVersion },
        noBuildingSibling: true,
      },
      automationVersionStatus: 'Build in Progress',
      project: { status: 'Build in Progress', checklistProgress: 20 },
      binding: {
        status: 'error',
        run: 1,
        fence: 6,
        errorReason: 'adoption_undone',
        errorDetails: { detail: 'the adopted workflow was wf-7', workflow_id: 'wf-7' },
        workflowId: null,
        workflowUrl: null,
        adoption: null,
        followUpInMs: null,
      },
      setTasks: [
        { taskId: 'a', status: 'pending' },
        { taskId: 'c', status: 'Begun' },
      ],
      createTasks: [],
      closeCall: null,
      audit: {
        userId: 'ops-1',
        actionType: 'undo_adoption',
        metadata: {
          binding_id: 'binding-1',
          run: 1,
          reason: 'WRK works again',
          error_reason: 'adoption_undone',
          workflow_id: 'wf-7',
          to_version_status: 'Build in Progress',
          to_project_status: 'Build in Progress',
          reopened_tasks: ['connect-slack', 'create-workflow'],
        },
      },
    });
    expect(decision.messages.map(({ body }) => Object(body))).toMatchObject([
      {
        template: 'adoption_undone',
        channel: 'email',
        audience: 'ops_team',
        fence: 6,
        errorDetails: ['wf-7'],
      },
      { template: 'adoption_undone', channel: 'in_app', audience: 'ops_team' },
      { template: 'build_reopened', channel: 'email', audience: 'client', fence: 6 },
      { template: 'build_reopened', channel: 'in_app', audience: 'project_owner' },
    ]);
  });

  it('tells a client nothing of the workflow, or of why', () => {
    const told = undo()
      ._unsafeUnwrap()
      .messages.filter(({ body }) => Object(body).audience === 'client');
    expect(told.map(({ body }) => Object(body))).toMatchObject([
      { errorReason: null, errorDetails: [], workflowUrl: null },
    ]);
    expect(JSON.stringify(told)).not.toMatch(/wf-7|WRK works again/);
  });

  it.each([
    ['in QA', 'QA & Testing', 'QA & Testing', 'Build in Progress', 'Build in Progress'],
    ['moved back to the build by hand', 'Build in Progress', 'QA & Testing', null, null],
    ['moved back to the start by hand', 'Ready for Build', 'Ready for Build', null, null],
    ['in QA, with a project that moved on', 'QA & Testing', 'Live', 'Build in Progress', null],
  ])('of a version %s moves only what the build has moved', (_, version, project, toVersion, toProject) => {
    const build = adoptedBuild({
      automationVersion: versionFacts({ status: version }),
      project: projectFacts({ status: project }),
    });
    const decision = undo(build)._unsafeUnwrap();
    expect(decision.automationVersionStatus).toBe(toVersion);
    expect(decision.project?.status).toBe(toProject);
    expect(decision.guard.noBuildingSibling).toBe(toVersion !== null);
  });

  it('of a version or a project that is gone ends the build all the same', () => {
    const decision = undo(adoptedBuild({ automationVersion: null, project: null }))._unsafeUnwrap();
    expect(decision).toMatchObject({
      automationVersionStatus: null,
      project: null,
      binding: { status: 'error' },
    });
    expect(undo(adoptedBuild({ project: null }))._unsafeUnwrap().project).toBeNull();
  });

  it('has calls whose outcome is unknown followed up again', () => {
    const calls = [ledgerCall(1, 'unknown')];
    expect(undo(adoptedBuild({ calls }), 'lookup')._unsafeUnwrap().binding?.followUpInMs).toBe(30_000);
    const open = [ledgerCall(1, null)];
    expect(undo(adoptedBuild({ calls: open }), 'lookup')._unsafeUnwrap().binding?.followUpInMs).toBe(30_000);
    expect(undo(adoptedBuild({ calls }))._unsafeUnwrap().binding?.followUpInMs).toBeNull();
  });

  it.each(['pending', 'error', 'cancelled'] as const)('is refused while the build is %s', (status) => {
    const error = undo(adoptedBuild({ binding: bindingFacts({ status }) }))._unsafeUnwrapErr();
    expect(error).toMatchObject({ code: 'wrong_build_status', details: { status, wanted: ['active'] } });
  });

  it('is refused where WRK gave the workflow, be it after the adoption', () => {
    const { binding } = adoptedBuild();
    const given = adoptedBuild({ binding: { ...binding, adoption: null } });
    expect(undo(given)._unsafeUnwrapErr().code).toBe('workflow_not_adopted');
    const calls = [ledgerCall(1, 'created', { workflowId: 'wf-7', workflowUrl: 'https://wrk.example/wf-7' })];
    expect(undo(adoptedBuild({ calls }))._unsafeUnwrapErr().code).toBe('workflow_not_adopted');
  });

  it('is refused once the host has moved the version on', () => {
    const automationVersion = versionFacts({ status: 'Live' });
    expect(undo(adoptedBuild({ automationVersion }))._unsafeUnwrapErr()).toMatchObject({
      code: 'version_moved_on',
      details: { automationVersionStatus: 'Live' },
    });
  });

  it('is refused while the project builds another version, unless this one stays where it is', () => {
    const buildingSiblingIds = ['version-2'];
    expect(undo(adoptedBuild({ buildingSiblingIds }))._unsafeUnwrapErr().code).toBe('sibling_in_progress');
    const automationVersion = versionFacts({ status: 'Ready for Build' });
    expect(undo(adoptedBuild({ buildingSiblingIds, automationVersion })).isOk()).toBe(true);
  });
});
