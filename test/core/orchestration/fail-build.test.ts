import { describe, expect, it } from 'vitest';
import type { ClaimedBuild } from '../../../src/core/build/facts.js';
import { type BuildFailure, failBuild } from '../../../src/core/orchestration/end-run.js';
import { claimedAfter, claimedBuild, ledgerCall, orchestrationPolicy } from '../support/claimed-build.js';
import { bindingFacts } from '../support/request-facts.js';

const fail = (failure: Partial<BuildFailure> = {}, build: ClaimedBuild = claimedBuild(), slack = false) =>
  failBuild(
    build,
    { reason: 'network_failure', detail: 'reset mid-way', findings: [], outcome: 'unknown', ...failure },
    orchestrationPolicy({ channels: { slack } }),
    'decision-1',
  );

describe('a run that ends without a workflow', () => {
  it('puts the reason and the details on the binding', () => {
    expect(fail({ findings: ['nodes[1]: unknown type'] }).binding).toEqual({
      status: 'error',
      run: 1,
      fence: 2,
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
      errorReason: 'network_failure',
      errorDetails: {
        detail: 'reset mid-way',
        findings: ['nodes[1]: unknown type'],
        findings_in_all: 1,
        calls: 1,
      },
      workflowId: null,
      workflowUrl: null,
      adoption: null,
    });
  });

  it('leaves version and project “Build in Progress”, with the progress that the tasks have', () => {
    const checklist = [
      { id: 'a', slug: 'a', category: 'integration', status: 'pending' },
      { id: 'b', slug: 'b', category: 'manual', status: 'complete' },
    ];
    const decision = fail({}, claimedBuild({ checklist }));
    expect(decision.automationVersionStatus).toBeNull();
    expect(decision.project).toEqual({ status: null, checklistProgress: 50 });
    expect(decision.setTasks).toEqual([]);
  });

  it('touches no project when there is none', () => {
    const decision = fail({}, claimedBuild({ project: null }));
    expect(decision.project).toBeNull();
    expect(decision.guard.project).toBeNull();
  });

  it('writes one audit entry', () => {
    const build = claimedBuild({ binding: bindingFacts({ run: 3, fence: 9 }) });
    expect(fail({ reason: 'blueprint_rejected' }, build).audit).toEqual({
      tenantId: 'tenant-1',
      userId: null,
      actionType: 'build_failed',
      resourceType: 'automation_version',
      resourceId: 'version-1',
      metadata: {
        binding_id: 'binding-1',
        run: 3,
        error_reason: 'blueprint_rejected',
        request_id: 'request-1',
      },
    });
  });

  it('closes its call, without a workflow', () => {
    expect(fail().closeCall).toEqual({
      id: 'call-of-this-claim',
      outcome: 'unknown',
      detail: 'reset mid-way',
      findings: [],
      httpStatus: null,
      wrkRequestId: null,
      durationMs: null,
      workflowId: null,
      workflowUrl: null,
    });
  });

  it('holds only under its own lease', () => {
    expect(fail({}, claimedBuild({ automationVersion: null })).guard).toEqual({
      binding: { fence: 2, status: 'pending' },
      assignee: null,
      automationVersionRow: null,
      project: { id: 'project-1', row: 'project row 1' },
      quote: null,
      noOpenBlocker: false,
      noBuildingSibling: false,
    });
  });

  it('tells the ops team and nobody else, with the reason, the detail and the findings', () => {
    const build = claimedBuild({ binding: bindingFacts({ fence: 2, assigneeId: 'engineer-1' }) });
    const { messages } = fail({ findings: ['nodes[1]: unknown type'] }, build);
    expect(messages.map(({ key }) => key)).toEqual([
      'binding-1:2:build_failed:email:ops_team',
      'binding-1:2:build_failed:in_app:ops_team',
    ]);
    expect(messages[0]?.body).toEqual({
      v: 1,
      kind: 'notification',
      tenantId: 'tenant-1',
      bindingId: 'binding-1',
      automationVersionId: 'version-1',
      projectId: 'project-1',
      fence: 2,
      channel: 'email',
      template: 'build_failed',
      audience: 'ops_team',
      assigneeId: 'engineer-1',
      automationName: 'Invoices to ledger',
      projectName: 'Finance',
      workflowUrl: null,
      errorReason: 'network_failure',
      errorDetails: ['reset mid-way', 'nodes[1]: unknown type'],
      occasion: null,
      requestId: 'request-1',
    });
    expect(fail({}, claimedBuild(), true).messages.map(({ key }) => key)).toContain(
      'binding-1:2:build_failed:slack:ops_channel',
    );
  });

  it('keeps the first 50 of WRK’s findings, says how many there were, and sends ops the first 20 lines', () => {
    const findings = Array.from({ length: 1000 }, (_, index) => `finding ${index + 1}`);
    const { binding, messages } = fail({ findings });
    expect(binding?.errorDetails).toMatchObject({
      findings: findings.slice(0, 50),
      findings_in_all: 1000,
    });
    expect(messages[0]?.body).toMatchObject({ errorDetails: ['reset mid-way', ...findings.slice(0, 19)] });
  });
});

describe('the number of calls that ops see', () => {
  const callsOf = (decision: ReturnType<typeof fail>) => decision.binding?.errorDetails?.calls;

  it('counts those of this run, this one and the interrupted ones included', () => {
    expect(callsOf(fail({}, claimedAfter(['refused', null, 'unknown'])))).toBe(4);
  });

  it('counts none that was never sent', () => {
    const build = claimedAfter(['refused', 'not_sent']);
    expect(callsOf(fail({}, build))).toBe(2);
    expect(callsOf(fail({ outcome: 'not_sent' }, build))).toBe(1);
  });

  it('counts none of an earlier run', () => {
    const calls = [ledgerCall(1, 'unknown'), ledgerCall(1, 'refused', { run: 2 })];
    expect(callsOf(fail({}, claimedBuild({ calls, binding: bindingFacts({ run: 2, fence: 6 }) })))).toBe(2);
  });
});
