import { describe, expect, it } from 'vitest';
import type { BuildFacts } from '../../../src/core/build/facts.js';
import { decideCancel, decideCancelAfterRefusal } from '../../../src/core/ops/decide-cancel.js';
import { DUPLICATE_POLICIES, ledgerCall } from '../support/claimed-build.js';
import { BY_OPS, failedBuild } from '../support/ops-facts.js';
import { REFUSAL } from '../support/refusal.js';
import { bindingFacts, projectFacts, versionFacts } from '../support/request-facts.js';

const cancel = (
  build: BuildFacts = failedBuild(),
  acceptDuplicateRisk = false,
  startableStatuses: readonly string[] = ['Ready for Build', 'Awaiting Client Approval'],
  duplicates: keyof typeof DUPLICATE_POLICIES = 'key',
) =>
  decideCancel(
    build,
    { ...BY_OPS, acceptDuplicateRisk },
    { startableStatuses, duplicates: DUPLICATE_POLICIES[duplicates] },
  );

describe('a command to cancel a build that the storage refuses', () => {
  const command = { ...BY_OPS, acceptDuplicateRisk: false };
  const whole = () => cancel()._unsafeUnwrap();

  it('is carried out on the library’s rows alone, with who and why', () => {
    const smaller = decideCancelAfterRefusal(whole(), REFUSAL, command);
    expect(smaller).toMatchObject({
      guard: { binding: { fence: 5 }, automationVersionRow: null, project: null, noBuildingSibling: false },
      automationVersionStatus: null,
      project: null,
      audit: null,
      binding: {
        status: 'cancelled',
        errorDetails: { sql_state: '23503', cancelled_by: 'ops-1', reason: 'WRK works again' },
      },
    });
  });

  it('goes without the reason where that may be what is refused, and then no further', () => {
    const ofText = decideCancelAfterRefusal(whole(), { ...REFUSAL, isOfText: true }, command);
    expect(ofText?.binding?.errorDetails).toMatchObject({ cancelled_by: 'ops-1', reason: null });
    const first = decideCancelAfterRefusal(whole(), REFUSAL, command) ?? whole();
    const second = decideCancelAfterRefusal(first, REFUSAL, command) ?? whole();
    expect(second.binding?.errorDetails).toMatchObject({ reason: null });
    expect(decideCancelAfterRefusal(second, REFUSAL, command)).toBeNull();
    expect(decideCancelAfterRefusal({ ...second, binding: null }, REFUSAL, command)).toBeNull();
  });
});

describe('a command to cancel a build', () => {
  it('lets go of a workflow that a refused outcome left behind', () => {
    const binding = bindingFacts({ status: 'error', workflowId: 'wf-1', workflowUrl: 'https://wrk.example' });
    expect(cancel(failedBuild({ binding }))._unsafeUnwrap().binding).toMatchObject({
      workflowId: null,
      workflowUrl: null,
    });
  });

  it.each(['error', 'pending'] as const)('ends a build that is %s under another fence', (status) => {
    const binding = bindingFacts({ status, fence: 5, errorReason: 'wrk_api_error' });
    expect(cancel(failedBuild({ binding }))._unsafeUnwrap()).toMatchObject({
      guard: { binding: { fence: 5, status }, project: { id: 'project-1' } },
      binding: { status: 'cancelled', run: 1, fence: 6, errorReason: null },
      messages: [],
    });
  });

  it('brings version and project back where they came from, with the progress that the tasks have', () => {
    const checklist = [{ id: 'a', slug: 'a', category: 'manual', status: 'complete' }];
    expect(cancel(failedBuild({ checklist }))._unsafeUnwrap()).toMatchObject({
      automationVersionStatus: 'Ready for Build',
      project: { status: 'Awaiting Build', checklistProgress: 100 },
    });
  });

  it.each([
    ['was being built already', 'Build in Progress'],
    ['had no status that is known', ''],
  ])('brings them to the first startable status when it %s before the request', (_, cameFrom) => {
    const binding = bindingFacts({
      status: 'error',
      cameFromVersionStatus: cameFrom,
      cameFromProjectStatus: cameFrom,
    });
    expect(cancel(failedBuild({ binding }))._unsafeUnwrap()).toMatchObject({
      automationVersionStatus: 'Ready for Build',
      project: { status: 'Ready for Build' },
    });
    expect(cancel(failedBuild({ binding }), false, [])._unsafeUnwrap(), 'nothing is startable').toMatchObject(
      {
        automationVersionStatus: null,
        project: { status: null },
      },
    );
  });

  it('leaves a version and a project where the host has moved them on', () => {
    const build = failedBuild({
      automationVersion: versionFacts({ status: 'Archived' }),
      project: projectFacts({ status: 'On Hold' }),
    });
    expect(cancel(build)._unsafeUnwrap()).toMatchObject({
      automationVersionStatus: null,
      project: { status: null },
      binding: { status: 'cancelled' },
    });
  });

  it('cancels a build whose version is gone', () => {
    const decision = cancel(failedBuild({ automationVersion: null, project: null }))._unsafeUnwrap();
    expect(decision).toMatchObject({
      automationVersionStatus: null,
      project: null,
      guard: { project: null },
    });
  });

  it('writes down who ordered it, why, and where everything went', () => {
    expect(cancel()._unsafeUnwrap().audit).toMatchObject({
      userId: 'ops-1',
      actionType: 'cancel_build',
      metadata: {
        reason: 'WRK works again',
        error_reason: 'wrk_api_error',
        to_version_status: 'Ready for Build',
        to_project_status: 'Awaiting Build',
        accepted_duplicate_risk: false,
      },
    });
  });

  it('is refused while a worker is at the build', () => {
    expect(cancel(failedBuild({ isHeld: true }))._unsafeUnwrapErr().code).toBe('call_under_way');
  });

  it.each(['active', 'cancelled'] as const)('is refused once the build is %s', (status) => {
    expect(cancel(failedBuild({ binding: bindingFacts({ status }) }))._unsafeUnwrapErr().code).toBe(
      'wrong_build_status',
    );
  });

  it('is refused while a call may have made the workflow, unless the person accepts that', () => {
    const build = failedBuild({ calls: [ledgerCall(1, 'unknown')] });
    expect(cancel(build)._unsafeUnwrapErr()).toMatchObject({
      code: 'duplicate_risk',
      details: { calls: [{ run: 1, number: 1, workflowId: null }] },
    });
    expect(cancel(build, true)._unsafeUnwrap().audit?.metadata).toMatchObject({
      accepted_duplicate_risk: true,
    });
  });

  it.each([
    ['key', { keyGeneration: 1, duplicateRiskRun: 2 }],
    ['nothing, stop', { keyGeneration: 1, duplicateRiskRun: 2 }],
    ['lookup', { keyGeneration: 0, duplicateRiskRun: null }],
  ] as const)(
    'keeps for the next request that the risk was accepted (duplicates: %s)',
    (duplicates, kept) => {
      const build = failedBuild({ calls: [ledgerCall(1, 'unknown')] });
      expect(cancel(build, true, undefined, duplicates)._unsafeUnwrap().binding).toMatchObject(kept);
      const without = cancel(failedBuild(), true, undefined, duplicates)._unsafeUnwrap();
      expect(without.binding, 'where there is none').toMatchObject({
        keyGeneration: 0,
        duplicateRiskRun: null,
      });
    },
  );

  it('leaves a project alone that builds another version by now', () => {
    const automationVersion = versionFacts({ status: 'Archived' });
    const decision = cancel(
      failedBuild({ automationVersion, buildingSiblingIds: ['version-2'] }),
    )._unsafeUnwrap();
    expect(decision.project?.status).toBeNull();
    expect(decision.guard.noBuildingSibling).toBe(false);
    expect(cancel()._unsafeUnwrap().guard.noBuildingSibling, 'and asks again when it moves it').toBe(true);
  });
});
