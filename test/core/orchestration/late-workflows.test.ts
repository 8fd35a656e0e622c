import { describe, expect, it } from 'vitest';
import type { BuildFacts, ClaimedBuild } from '../../../src/core/build/facts.js';
import {
  decideUnresolvedWorkflows,
  unresolvedCalls,
} from '../../../src/core/orchestration/decide-after-commit.js';
import { decideOutcome } from '../../../src/core/orchestration/decide-outcome.js';
import type { WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';
import {
  claimedAfter,
  claimedBuild,
  DUPLICATE_POLICIES,
  ledgerCall,
  orchestrationPolicy,
} from '../support/claimed-build.js';
import { bindingFacts, versionFacts } from '../support/request-facts.js';

const WORKFLOW = { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' };
const REJECTED: WrkAnswer = {
  kind: 'rejected',
  findings: ['nodes[1]: unknown type'],
  detail: 'WRK answered 422',
  trace: { httpStatus: 422, wrkRequestId: 'theirs' },
};

const decide = (
  build: ClaimedBuild,
  answer: WrkAnswer,
  duplicates: keyof typeof DUPLICATE_POLICIES = 'key',
) =>
  decideOutcome(build, answer, orchestrationPolicy({ duplicates: DUPLICATE_POLICIES[duplicates] }), {
    decisionId: 'decision-1',
    random: 0.5,
    durationMs: 12.4,
  });

/** A build whose earlier claim has brought the workflow while this one waited for WRK. */
const heard = (change: Partial<ClaimedBuild> = {}) =>
  claimedBuild({ calls: [ledgerCall(1, 'created', WORKFLOW)], ...change });

describe('a call that would end its run, after an earlier one has brought the workflow', () => {
  it.each<[string, WrkAnswer]>([
    ['a rejection', REJECTED],
    [
      'a conflict',
      { kind: 'already_exists', workflowId: 'wf-9', workflowUrl: null, reference: null, detail: 'x' },
    ],
  ])('completes the build in spite of %s, and is recorded as it was', (_, answer) => {
    const { binding, closeCall, audit } = decide(heard(), answer);
    expect(binding).toMatchObject({ status: 'active', ...WORKFLOW });
    expect(audit).toMatchObject({ actionType: 'build_complete', metadata: { workflow_id: 'wf-1' } });
    expect(closeCall).toMatchObject({ id: 'call-of-this-claim', workflowId: null, durationMs: 12 });
  });

  it('keeps the findings of the rejection with its own call', () => {
    expect(decide(heard(), REJECTED).closeCall).toMatchObject({
      outcome: 'rejected',
      findings: ['nodes[1]: unknown type'],
      httpStatus: 422,
      wrkRequestId: 'theirs',
    });
  });

  it('leaves a run that goes on as it is: the next claim completes it', () => {
    const failed: WrkAnswer = { kind: 'api_error', retryAfterMs: null, detail: 'WRK answered 500' };
    expect(decide(heard(), failed).binding).toMatchObject({ status: 'pending' });
  });

  it.each([
    ['of an earlier run', { run: 0 }],
    ['without an address', { workflowUrl: null }],
    ['without an id', { workflowId: null }],
  ])('ends the run where the workflow is one %s', (_, change) => {
    const calls = [ledgerCall(1, 'created', { ...WORKFLOW, ...change })];
    expect(decide(heard({ calls }), REJECTED).binding).toMatchObject({ errorReason: 'blueprint_rejected' });
  });

  it('tells ops of the workflow where the version cannot take it any more', () => {
    const automationVersion = versionFacts({ status: 'Archived' });
    const { binding, closeCall, messages } = decide(heard({ automationVersion }), REJECTED);
    expect(binding).toMatchObject({ status: 'error', errorReason: 'not_buildable' });
    expect(closeCall).toMatchObject({ outcome: 'rejected', workflowId: null });
    expect(messages.map(({ body }) => 'template' in body && body.template)).toContain('workflow_unbound');
  });
});

describe('a 409 that names no workflow', () => {
  const UNNAMED: WrkAnswer = {
    kind: 'already_exists',
    workflowId: null,
    workflowUrl: null,
    reference: null,
    detail: 'WRK answered 409',
  };

  it.each([['unknown'], [null]] as const)(
    'is asked about again under the same key where an earlier call (%s) may have made the workflow',
    (earlier) => {
      const { binding, closeCall } = decide(claimedAfter([earlier]), UNNAMED);
      expect([binding?.status, closeCall?.outcome]).toEqual(['pending', 'unknown']);
    },
  );

  it('ends the run as workflow_conflict with the last call of it', () => {
    const { binding } = decide(claimedAfter(['unknown', 'unknown', 'unknown']), UNNAMED);
    expect(binding).toMatchObject({ status: 'error', errorReason: 'workflow_conflict' });
  });

  it.each([
    ['no earlier call', claimedBuild(), 'key'],
    ['only calls that surely made nothing', claimedAfter(['refused']), 'key'],
    ['no key to ask under', claimedAfter(['unknown']), 'nothing, retry'],
  ] as const)('ends the run at once where there is %s', (_, build, duplicates) => {
    const { binding, closeCall } = decide(build, UNNAMED, duplicates);
    expect(binding).toMatchObject({ status: 'error', errorReason: 'workflow_conflict' });
    expect(closeCall?.outcome).toBe('refused');
  });

  it('that names one all the same is somebody else’s, whatever was called before', () => {
    const named: WrkAnswer = { ...UNNAMED, workflowId: 'wf-9' };
    expect(decide(claimedAfter(['unknown']), named).binding).toMatchObject({
      errorReason: 'workflow_conflict',
    });
  });
});

describe('calls of earlier claims', () => {
  const calls = [ledgerCall(1, 'unknown'), ledgerCall(2, null), ledgerCall(3, null)];

  it('are left unresolved by the end of their run in error, where they were cut off', () => {
    const build = claimedBuild({ calls });
    expect(unresolvedCalls(build, decide(build, REJECTED))).toEqual(['call-2', 'call-3']);
  });

  it.each<[string, WrkAnswer, 'active' | 'pending']>([
    ['a completion', { kind: 'created', ...WORKFLOW }, 'active'],
    ['the way back', { kind: 'not_now', retryAfterMs: null, detail: 'WRK answered 429' }, 'pending'],
  ])('are not left unresolved by %s', (_, answer, status) => {
    const build = claimedBuild({ calls });
    const decision = decide(build, answer);
    expect(decision.binding?.status).toBe(status);
    expect(unresolvedCalls(build, decision)).toEqual([]);
  });
});

describe('workflows that were recorded just as their build ended', () => {
  const CLAIMED = claimedBuild();
  const standing = (binding: Partial<BuildFacts['binding']>, calls: BuildFacts['calls']): BuildFacts => {
    const { call: _call, ...facts } = CLAIMED;
    return { ...facts, binding: bindingFacts({ fence: 7, ...binding }), calls };
  };
  const unresolved = (now: BuildFacts | null, ids = ['call-1']) =>
    decideUnresolvedWorkflows(CLAIMED, now, ids, { channels: { slack: false } }, 'decision-3');

  it('are told to ops in one notification, under the fence of the end, and nothing else is written', () => {
    const calls = [
      ledgerCall(1, 'created', WORKFLOW),
      ledgerCall(2, 'created', { workflowId: 'wf-2', workflowUrl: null }),
      ledgerCall(3, 'created', { workflowId: 'wf-3' }),
    ];
    const decision = unresolved(standing({ status: 'error' }, calls), ['call-1', 'call-2']);
    expect(decision).toMatchObject({
      id: 'decision-3',
      guard: { binding: 'any', automationVersionRow: null, project: null },
      binding: null,
      project: null,
      closeCall: null,
      audit: null,
    });
    expect(decision?.messages.map(({ body }) => body)).toMatchObject([
      {
        template: 'workflow_unbound',
        fence: 7,
        errorDetails: ['wf-1', 'wf-2'],
        workflowUrl: WORKFLOW.workflowUrl,
      },
      { template: 'workflow_unbound', fence: 7, errorDetails: ['wf-1', 'wf-2'] },
    ]);
  });

  it.each<[string, BuildFacts | null]>([
    [
      'the build is still pending: whoever holds it finds them',
      standing({ status: 'pending' }, [ledgerCall(1, 'created', WORKFLOW)]),
    ],
    [
      'the build holds them',
      standing({ status: 'active', ...WORKFLOW }, [ledgerCall(1, 'created', WORKFLOW)]),
    ],
    ['the calls made none', standing({ status: 'error' }, [ledgerCall(1, 'rejected')])],
    ['they were known before', standing({ status: 'error' }, [ledgerCall(2, 'created', WORKFLOW)])],
    ['the build is gone', null],
  ])('are told to nobody where %s', (_, now) => {
    expect(unresolved(now)).toBeNull();
  });
});
