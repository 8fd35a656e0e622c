import { describe, expect, it } from 'vitest';
import type { BuildFacts } from '../../../src/core/build/facts.js';
import { decideAssign } from '../../../src/core/ops/decide-assign.js';
import { BY_OPS, failedBuild } from '../support/ops-facts.js';
import { bindingFacts } from '../support/request-facts.js';

const assign = (assigneeId: string | null, build: BuildFacts = failedBuild()) =>
  decideAssign(build, { ...BY_OPS, assigneeId }, { channels: { slack: true } });

describe('a command to assign a build', () => {
  it('changes the assignee, and neither status nor fence, so that a worker goes on', () => {
    const decision = assign('engineer-1', failedBuild({ isHeld: true }))._unsafeUnwrap();
    expect(decision).toMatchObject({
      assignee: { id: 'engineer-1' },
      binding: null,
      project: null,
      guard: {
        binding: { fence: 5, status: 'error' },
        assignee: { id: null },
        automationVersionRow: null,
        project: null,
      },
    });
  });

  it('tells the solutions engineer, by e-mail', () => {
    expect(assign('engineer-1')._unsafeUnwrap()?.messages).toMatchObject([
      {
        key: 'binding-1:5:build_assigned:email:solutions_engineer:decision-1',
        body: {
          channel: 'email',
          template: 'build_assigned',
          assigneeId: 'engineer-1',
          occasion: 'decision-1',
        },
      },
    ]);
  });

  it('tells the ops team when it takes the build from somebody', () => {
    const build = failedBuild({ binding: bindingFacts({ status: 'error', assigneeId: 'engineer-1' }) });
    expect(assign(null, build)._unsafeUnwrap()).toMatchObject({
      assignee: { id: null },
      audit: {
        actionType: 'assign_build',
        userId: 'ops-1',
        metadata: { assignee_id: null, before: 'engineer-1', reason: 'WRK works again' },
      },
      messages: [{ body: { audience: 'ops_team', assigneeId: null } }],
    });
  });

  it('changes nothing when it is that person’s already', () => {
    const build = failedBuild({ binding: bindingFacts({ status: 'pending', assigneeId: 'engineer-1' }) });
    expect(assign('engineer-1', build)._unsafeUnwrap()).toBeNull();
  });

  it.each(['active', 'cancelled'] as const)('is refused once the build is %s', (status) => {
    const error = assign('engineer-1', failedBuild({ binding: bindingFacts({ status }) }))._unsafeUnwrapErr();
    expect(error.code).toBe('wrong_build_status');
  });
});
