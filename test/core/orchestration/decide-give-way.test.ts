import { describe, expect, it } from 'vitest';
import { unchanged } from '../../../src/core/orchestration/change-build.js';
import { decideGiveWay, onOwnRows, workflowOfWrk } from '../../../src/core/orchestration/decide-give-way.js';
import { ledgerCall, orchestrationPolicy } from '../support/claimed-build.js';
import { adoptedBuild } from '../support/ops-facts.js';
import { REQUEST_POLICY } from '../support/request-facts.js';

const { startableStatuses } = REQUEST_POLICY;
const policy = { ...orchestrationPolicy({ channels: { slack: true } }), startableStatuses };
const decide = (build: Parameters<typeof decideGiveWay>[0], workflowId = 'wf-7') =>
  decideGiveWay(build, workflowId, policy, 'decision-1');
const decisionOf = (build = adoptedBuild()) => {
  const decided = decide(build);
  if (decided.kind !== 'gives_way') throw new Error(`It is ${decided.kind}.`);
  return decided.decision;
};

describe('a workflow that WRK has named as another build’s', () => {
  it('is given up by a build that has it from a person, whose ops are told', () => {
    const decision = decisionOf();
    expect(decision).toMatchObject({
      guard: { binding: { fence: 5, status: 'active' }, noBuildingSibling: true },
      automationVersionStatus: 'Build in Progress',
      project: { status: 'Build in Progress' },
      binding: { status: 'error', errorReason: 'adoption_superseded', fence: 5, workflowId: null },
      audit: {
        userId: null,
        actionType: 'build_failed',
        metadata: { binding_id: 'binding-1', error_reason: 'adoption_superseded', workflow_id: 'wf-7' },
      },
    });
    expect(decision.messages.map(({ body }) => Object(body))).toMatchObject([
      { template: 'adoption_superseded', channel: 'email', audience: 'ops_team' },
      { template: 'adoption_superseded', channel: 'in_app', audience: 'ops_team' },
      { template: 'adoption_superseded', channel: 'slack', audience: 'ops_channel' },
      { template: 'build_reopened', channel: 'email', audience: 'client' },
      { template: 'build_reopened', channel: 'in_app', audience: 'project_owner' },
    ]);
  });

  it('leaves the project alone while it builds another version, and moves the version to where it came from', () => {
    const decision = decisionOf(adoptedBuild({ buildingSiblingIds: ['version-2'] }));
    expect(decision).toMatchObject({
      guard: { noBuildingSibling: false },
      automationVersionStatus: 'Ready for Build',
      project: { status: null },
      binding: { status: 'error' },
    });
  });

  it('is kept by a build that has it from WRK too', () => {
    const { binding } = adoptedBuild();
    expect(decide(adoptedBuild({ binding: { ...binding, adoption: null } })).kind).toBe('held');
    const calls = [ledgerCall(1, 'created', { workflowId: 'wf-7', workflowUrl: 'https://wrk.example/wf-7' })];
    expect(decide(adoptedBuild({ calls })).kind).toBe('held');
  });

  it('is free once its build has given it up, or is gone', () => {
    expect(decide(null).kind).toBe('free');
    expect(decide(adoptedBuild(), 'wf-8').kind).toBe('free');
  });

  it('is given up on the library’s rows alone where the host’s cannot be written', () => {
    const checklist = [{ id: 'a', slug: 'a', category: 'integration', status: 'complete' }];
    const { binding } = adoptedBuild();
    const adoption = { completedTasks: [{ taskId: 'a', statusBefore: 'pending' }] };
    const whole = decisionOf(adoptedBuild({ checklist, binding: { ...binding, adoption } }));
    expect(whole.setTasks).toEqual([{ taskId: 'a', status: 'pending' }]);
    expect(onOwnRows(whole)).toEqual({
      ...whole,
      guard: { ...whole.guard, automationVersionRow: null, project: null, noBuildingSibling: false },
      automationVersionStatus: null,
      project: null,
      setTasks: [],
      audit: null,
    });
  });
});

describe('the workflow of a decision', () => {
  it('is WRK’s unless a person gave it', () => {
    const { binding, ...build } = adoptedBuild();
    const { id: _id, assigneeId: _assigneeId, ...facts } = binding;
    const state = { ...facts, runInMs: null, followUpInMs: null, errorDetails: null };
    const decision = unchanged({ ...build, binding }, 'decision-1');
    expect(workflowOfWrk(decision)).toBeNull();
    expect(workflowOfWrk({ ...decision, binding: state })).toBeNull();
    expect(workflowOfWrk({ ...decision, binding: { ...state, adoption: null } })).toBe('wf-7');
  });
});
