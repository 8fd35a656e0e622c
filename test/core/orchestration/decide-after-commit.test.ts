import { describe, expect, it } from 'vitest';
import type { BuildFacts } from '../../../src/core/build/facts.js';
import { unchanged } from '../../../src/core/orchestration/change-build.js';
import {
  type AnsweredCall,
  decideAfterCommit,
  decideAfterReload,
  recordLateAnswer,
} from '../../../src/core/orchestration/decide-after-commit.js';
import { failBuild } from '../../../src/core/orchestration/end-run.js';
import { claimedBuild, ledgerCall, orchestrationPolicy } from '../support/claimed-build.js';

const claimed = claimedBuild({ calls: [ledgerCall(1, null)] });
const policy = orchestrationPolicy();
const failure = { reason: 'network_failure', detail: 'reset', findings: [], outcome: 'unknown' } as const;
const failed = failBuild(claimed, failure, policy, 'decision');
const created: AnsweredCall = {
  answer: { kind: 'created', workflowId: 'wf_1', workflowUrl: 'https://wrk.example/wf_1' },
  durationMs: 5,
};
const ids = { lateAnswer: 'late', reschedule: 'back' };

const afterReload = (now: BuildFacts | null, decisions = 1, answered: AnsweredCall | null = created) =>
  decideAfterReload(claimed, decisions, now, answered, policy, ids);

describe('a verdict', () => {
  it('of a run that ends in error leaves the calls that were cut off to be reported', () => {
    expect(decideAfterCommit(claimed, failed, 'ok')).toEqual({ kind: 'done', unresolvedCalls: ['call-1'] });
  });

  it('of anything else that is written leaves nothing', () => {
    const written = decideAfterCommit(claimed, unchanged(claimed, 'decision'), 'ok');
    expect(written).toEqual({ kind: 'done', unresolvedCalls: [] });
  });

  it.each([
    ['busy', true],
    ['stale', false],
    ['key_taken', false],
    ['workflow_taken', false],
  ] as const)('%s has the facts read again', (verdict, waits) => {
    const next = { kind: 'read_again', waits, takenWorkflowId: null };
    expect(decideAfterCommit(claimed, failed, verdict)).toEqual(next);
  });

  it.each([
    ['WRK named it', null, 'wf_1'],
    ['a person named it', { completedTasks: [] }, null],
  ])('workflow_taken names the workflow if %s', (_, adoption, takenWorkflowId) => {
    const binding = failed.binding && { ...failed.binding, workflowId: 'wf_1', adoption };
    const decision = { ...failed, binding };
    expect(decideAfterCommit(claimed, decision, 'workflow_taken')).toMatchObject({ takenWorkflowId });
    expect(decideAfterCommit(claimed, decision, 'stale')).toMatchObject({ takenWorkflowId: null });
    const without = { ...failed, binding: null };
    expect(decideAfterCommit(claimed, without, 'workflow_taken')).toMatchObject({ takenWorkflowId: null });
  });
});

describe('a refused decision', () => {
  it('is made again on the facts as they are now', () => {
    const now = { ...claimed, contentHash: 'content-2' };
    expect(afterReload(now)).toMatchObject({
      kind: 'decide_again',
      build: { contentHash: 'content-2', call: claimed.call },
    });
  });

  it('is given up after the third, with the answer recorded and the build given back', () => {
    expect(afterReload(claimed, 2)).toMatchObject({ kind: 'decide_again' });
    expect(afterReload(claimed, 3)).toMatchObject({
      kind: 'give_up',
      lateAnswer: { id: 'late', closeCall: { outcome: 'created', workflowId: 'wf_1', durationMs: 5 } },
      unresolvedCalls: [claimed.call.id],
      reschedule: { id: 'back', binding: { status: 'pending', runInMs: 1_000 }, closeCall: null },
    });
  });

  it('is given up without a record where WRK was not asked', () => {
    expect(afterReload(claimed, 3, null)).toMatchObject({
      kind: 'give_up',
      lateAnswer: null,
      unresolvedCalls: [],
      reschedule: { id: 'back', closeCall: { outcome: 'not_sent' } },
    });
  });

  it('is given up at once where somebody else has claimed the build, and nothing is given back', () => {
    const now = { ...claimed, binding: { ...claimed.binding, fence: claimed.binding.fence + 1 } };
    expect(afterReload(now)).toMatchObject({
      kind: 'give_up',
      lateAnswer: { id: 'late' },
      unresolvedCalls: [claimed.call.id],
      reschedule: null,
    });
  });

  it('of a build that has ended or is gone leaves nobody to look for its workflow', () => {
    const ended = { ...claimed, binding: { ...claimed.binding, status: 'cancelled' as const } };
    for (const now of [ended, null])
      expect(afterReload(now)).toMatchObject({ kind: 'give_up', unresolvedCalls: [], reschedule: null });
  });
});

describe('a late answer', () => {
  it('is nothing to record where WRK was not asked or answered nothing', () => {
    const aborted: AnsweredCall = { answer: { kind: 'aborted', detail: 'stopped' }, durationMs: 1 };
    expect(recordLateAnswer(claimed, claimed, null, policy, 'late')).toBeNull();
    expect(recordLateAnswer(claimed, claimed, aborted, policy, 'late')).toBeNull();
    expect(recordLateAnswer(claimed, claimed, created, policy, 'late')).toMatchObject({ id: 'late' });
  });
});
