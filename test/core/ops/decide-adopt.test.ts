import { describe, expect, it } from 'vitest';
import type { BuildFacts } from '../../../src/core/build/facts.js';
import { decideAdopt } from '../../../src/core/ops/decide-adopt.js';
import { completeBuild } from '../../../src/core/orchestration/end-run.js';
import { claimedBuild, ledgerCall, orchestrationPolicy } from '../support/claimed-build.js';
import { BY_OPS, failedBuild } from '../support/ops-facts.js';
import { bindingFacts, versionFacts } from '../support/request-facts.js';

const WORKFLOW = { workflowId: 'wf-7', workflowUrl: 'https://wrk.example/wf-7' };
const CHANNELS = orchestrationPolicy({ channels: { slack: true } });

const adopt = (build: BuildFacts = failedBuild()) => decideAdopt(build, { ...BY_OPS, ...WORKFLOW }, CHANNELS);

describe('a command to adopt a workflow', () => {
  it.each(['error', 'pending'] as const)(
    'makes the same change to a build that is %s as a worker would',
    (status) => {
      const checklist = [
        { id: 'a', slug: 'a', category: 'integration', status: 'pending' },
        { id: 'b', slug: 'b', category: 'manual', status: 'pending' },
        { id: 'c', slug: 'c', category: 'integration', status: 'In Review' },
        { id: 'd', slug: 'd', category: 'integration', status: 'complete' },
      ];
      const binding = bindingFacts({
        status,
        fence: 5,
        errorReason: status === 'error' ? 'outcome_unknown' : null,
      });
      const build = failedBuild({ binding, checklist });
      const decision = adopt(build)._unsafeUnwrap();
      const claimed = claimedBuild({ ...build, binding: { ...binding, fence: 6 } });
      const byWorker = completeBuild(claimed, WORKFLOW, 'created', CHANNELS, 'decision-1');
      expect(decision).toEqual({
        ...byWorker,
        guard: { ...byWorker.guard, binding: { fence: 5, status }, noBuildingSibling: true },
        binding: byWorker.binding && {
          ...byWorker.binding,
          adoption: {
            completedTasks: [
              { taskId: 'a', statusBefore: 'pending' },
              { taskId: 'c', statusBefore: 'In Review' },
            ],
          },
        },
        closeCall: null,
        audit: {
          ...byWorker.audit,
          userId: 'ops-1',
          metadata: {
            binding_id: 'binding-1',
            run: 1,
            reason: 'WRK works again',
            workflow_id: 'wf-7',
            adopted: true,
          },
        },
      });
    },
  );

  it('tells ops of another workflow that the ledger knows of, and not of the one that is adopted', () => {
    const own = { workflowId: 'wf-7', workflowUrl: 'https://wrk.example/wf-7' };
    const other = { workflowId: 'wf-6', workflowUrl: 'https://wrk.example/wf-6' };
    const calls = [ledgerCall(1, 'created', own), ledgerCall(2, 'created', other)];
    const told = adopt(failedBuild({ calls }))._unsafeUnwrap().messages;
    const unbound = told.flatMap(({ body }) =>
      body.kind === 'notification' && body.template === 'workflow_unbound' ? [body.errorDetails] : [],
    );
    expect(unbound).toEqual([['wf-6'], ['wf-6']]);
  });

  it('is no adoption of what WRK has named as this build’s own', () => {
    const calls = [ledgerCall(1, 'created', WORKFLOW)];
    expect(adopt(failedBuild({ calls }))._unsafeUnwrap().binding?.adoption).toBeNull();
    expect(adopt()._unsafeUnwrap().binding?.adoption).toEqual({ completedTasks: [] });
  });

  it('is refused while a worker is at the build', () => {
    expect(adopt(failedBuild({ isHeld: true }))._unsafeUnwrapErr().code).toBe('call_under_way');
  });

  it.each(['active', 'cancelled'] as const)('is refused once the build is %s', (status) => {
    const error = adopt(failedBuild({ binding: bindingFacts({ status }) }))._unsafeUnwrapErr();
    expect(error).toMatchObject({ code: 'wrong_build_status', details: { wanted: ['pending', 'error'] } });
  });

  it('is refused while another version of the project is being built, and asks again at the commit', () => {
    const build = failedBuild({ buildingSiblingIds: ['version-2'] });
    expect(adopt(build)._unsafeUnwrapErr().code).toBe('sibling_in_progress');
    expect(adopt()._unsafeUnwrap().guard.noBuildingSibling).toBe(true);
  });

  it('is refused when the version cannot take it', () => {
    const automationVersion = versionFacts({ status: 'Archived' });
    expect(adopt(failedBuild({ automationVersion }))._unsafeUnwrapErr().code).toBe('not_buildable');
  });
});
