import { describe, expect, it } from 'vitest';
import { mayHaveMadeAnother } from '../../../src/core/orchestration/call-ledger.js';
import { decideFollowUp } from '../../../src/core/orchestration/decide-follow-up.js';
import { completeBuild, failBuild } from '../../../src/core/orchestration/end-run.js';
import type { WrkLookup } from '../../../src/core/orchestration/wrk-answer.js';
import {
  claimedAfter,
  claimedBuild,
  DUPLICATE_POLICIES,
  ledgerCall,
  orchestrationPolicy,
} from '../support/claimed-build.js';
import { bindingFacts } from '../support/request-facts.js';

const WORKFLOW = { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' };
const OTHER = { workflowId: 'wf-2', workflowUrl: 'https://wrk.example/wf-2' };
const policyBy = (by: keyof typeof DUPLICATE_POLICIES) =>
  orchestrationPolicy({ duplicates: DUPLICATE_POLICIES[by] });
const told = (messages: readonly { readonly key: string }[] = []) =>
  messages.map(({ key }) => key).filter((key) => key.includes('workflow_unbound'));

describe('A2: a call that stays unknown when its build completes', () => {
  const complete = (build: Parameters<typeof claimedBuild>[0], by: keyof typeof DUPLICATE_POLICIES) =>
    completeBuild(claimedBuild(build), WORKFLOW, 'created', policyBy(by), 'decision-1');

  it.each(['unknown', null] as const)('is followed up once it has settled, by lookup (%s)', (outcome) => {
    const { binding, messages } = complete({ calls: [ledgerCall(1, outcome)] }, 'lookup');
    expect(binding).toMatchObject({ status: 'active', followUpInMs: 30_000 });
    expect(told(messages)).toEqual([]);
  });

  it.each(['nothing, retry', 'nothing, stop'] as const)(
    'is told to ops where WRK cannot be asked: %s',
    (by) => {
      const { binding, messages } = complete({ calls: [ledgerCall(1, 'unknown')] }, by);
      expect(binding?.followUpInMs).toBeNull();
      expect(told(messages)).toHaveLength(2);
      expect(messages.at(-1)?.body).toMatchObject({ errorReason: 'outcome_unknown', workflowUrl: null });
    },
  );

  it('got the same workflow under the same key, and maybe another one under another', () => {
    const same = complete({ calls: [ledgerCall(1, 'unknown')] }, 'key');
    expect([same.binding?.followUpInMs, told(same.messages)]).toEqual([null, []]);
    const other = complete({ calls: [ledgerCall(1, 'unknown', { contentHash: 'content-0' })] }, 'key');
    expect([other.binding?.followUpInMs, told(other.messages).length]).toEqual([null, 2]);
  });

  it('is none if its claim knew of the workflow already, and was cut off while it completed the build', () => {
    const made = ledgerCall(1, 'created', { ...WORKFLOW, startedMsAgo: 9_000, closedMsAgo: 8_000 });
    const after = ledgerCall(2, null, { startedMsAgo: 5_000 });
    const beside = ledgerCall(2, null, { startedMsAgo: 8_500 });
    expect(told(complete({ calls: [made, after] }, 'nothing, retry').messages)).toEqual([]);
    expect(told(complete({ calls: [made, beside] }, 'nothing, retry').messages)).toHaveLength(2);
    const kept = bindingFacts({ run: 2, fence: 2, ...WORKFLOW });
    const calls = [ledgerCall(1, null), ledgerCall(1, null, { run: 2 })];
    expect(told(complete({ calls: calls.slice(1), binding: kept }, 'nothing, retry').messages)).toEqual([]);
    expect(told(complete({ calls, binding: kept }, 'nothing, retry').messages)).toHaveLength(2);
  });

  it('is not told of beside a workflow that is known to be another', () => {
    const calls = [ledgerCall(1, 'unknown'), ledgerCall(2, 'created', OTHER)];
    const { messages } = complete({ calls }, 'nothing, retry');
    expect(messages.at(-1)?.body).toMatchObject({ errorReason: null, errorDetails: ['wf-2'] });
  });

  it.each(['refused', 'rejected', 'not_sent'] as const)('is none if its outcome is known (%s)', (outcome) => {
    const { binding, messages } = complete({ calls: [ledgerCall(1, outcome)] }, 'lookup');
    expect([binding?.followUpInMs, told(messages)]).toEqual([null, []]);
  });
});

describe('A2: a call that stays unknown when its build fails', () => {
  const fail = (build: ReturnType<typeof claimedBuild>, outcome: 'unknown' | 'refused' | 'rejected') =>
    failBuild(
      build,
      { reason: 'network_failure', detail: 'reset', findings: [], outcome },
      policyBy('lookup'),
      'd',
    ).binding?.followUpInMs;

  it('is followed up, be it the last one or an earlier one', () => {
    expect(fail(claimedBuild(), 'unknown')).toBe(30_000);
    expect(fail(claimedAfter(['unknown']), 'refused')).toBe(30_000);
    expect(fail(claimedAfter(['refused']), 'refused')).toBeNull();
  });

  it('is answered by a rejection of the same content', () => {
    expect(fail(claimedAfter(['unknown']), 'rejected')).toBeNull();
  });

  it('is not asked for where WRK has named somebody else’s workflow', () => {
    const conflict = { reason: 'workflow_conflict', detail: '', findings: [], outcome: 'unknown' } as const;
    expect(failBuild(claimedBuild(), conflict, policyBy('lookup'), 'd').binding?.followUpInMs).toBeNull();
  });

  it('says nothing about another workflow under the key of the one that the build has', () => {
    expect(mayHaveMadeAnother(claimedAfter(['unknown']), 'refused', DUPLICATE_POLICIES.key)).toBe(true);
    expect(mayHaveMadeAnother(claimedAfter(['unknown']), 'created', DUPLICATE_POLICIES.key)).toBe(false);
  });
});

describe('A2: a follow-up', () => {
  const build = {
    ...claimedAfter(['created', 'unknown', null]),
    binding: bindingFacts({ status: 'active', fence: 7, ...WORKFLOW }),
  };
  const follow = (lookup: WrkLookup, followUps = 1, of = build) =>
    decideFollowUp(of, lookup, followUps, policyBy('lookup'), 'decision-1');

  it('is over when WRK has no other workflow, or one that is known', () => {
    expect(follow({ kind: 'absent' })).toEqual({ decision: null, againInMs: null });
    expect(follow({ kind: 'found', ...WORKFLOW })).toEqual({ decision: null, againInMs: null });
    const listed = { ...build, calls: [ledgerCall(1, 'unknown'), ledgerCall(2, 'created', OTHER)] };
    expect(follow({ kind: 'found', ...OTHER }, 1, listed)).toEqual({ decision: null, againInMs: null });
  });

  it('is over when another run has answered for the calls', () => {
    const answered = { ...build, calls: [ledgerCall(1, 'unknown'), ledgerCall(2, 'rejected')] };
    expect(follow({ kind: 'found', ...OTHER }, 1, answered)).toEqual({ decision: null, againInMs: null });
  });

  it('records another workflow with the oldest call in question, and tells ops, whatever the build is by now', () => {
    const { decision, againInMs } = follow({ kind: 'found', ...OTHER });
    expect(decision?.guard.binding).toBe('any');
    expect(decision?.binding).toBeNull();
    expect(decision?.closeCall).toMatchObject({ id: 'call-2', outcome: 'created', ...OTHER });
    expect(told(decision?.messages)).toEqual([
      'binding-1:7:workflow_unbound:email:ops_team',
      'binding-1:7:workflow_unbound:in_app:ops_team',
    ]);
    expect(decision?.messages[0]?.body).toMatchObject({ errorDetails: ['wf-2'], errorReason: null });
    expect(againInMs).toBeNull();
  });

  it('comes again while the lookup fails, more and more slowly, and then tells ops that nobody knows', () => {
    const failed = { kind: 'failed', detail: 'HTTP 502' } as const;
    const waits = Array.from({ length: 10 }, (_, n) => follow(failed, n + 1).againInMs);
    expect(waits).toEqual([
      30_000,
      60_000,
      120_000,
      240_000,
      480_000,
      960_000,
      1_920_000,
      3_600_000,
      3_600_000,
      null,
    ]);
    expect(follow(failed, 9).decision).toBeNull();
    const { decision } = follow(failed, 10);
    expect(told(decision?.messages)).toHaveLength(2);
    expect(decision?.messages[0]?.body).toMatchObject({ errorReason: 'outcome_unknown', errorDetails: [] });
    expect(decision?.closeCall).toBeNull();
  });
});
