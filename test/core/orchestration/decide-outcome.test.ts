import { describe, expect, it } from 'vitest';
import type { CallOutcome, ClaimedBuild } from '../../../src/core/build/facts.js';
import { decideOutcome, refuseTakenWorkflow } from '../../../src/core/orchestration/decide-outcome.js';
import type { WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';
import {
  claimedAfter,
  claimedBuild,
  DUPLICATE_POLICIES,
  ledgerCall,
  orchestrationPolicy,
} from '../support/claimed-build.js';
import { bindingFacts } from '../support/request-facts.js';

type Duplicates = keyof typeof DUPLICATE_POLICIES;

const EVERY_POLICY = ['key', 'lookup', 'nothing, retry', 'nothing, stop'] as const;
const POLICIES_THAT_GO_ON = ['key', 'lookup', 'nothing, retry'] as const;

const decide = (build: ClaimedBuild, answer: WrkAnswer, duplicates: Duplicates = 'key', random = 0.5) =>
  decideOutcome(build, answer, orchestrationPolicy({ duplicates: DUPLICATE_POLICIES[duplicates] }), {
    decisionId: 'decision-1',
    random,
    durationMs: 12.4,
  });

/** The decision in one line: how the call is recorded, and what becomes of the build. */
const summaryOf = ({ binding, closeCall }: ReturnType<typeof decide>) => {
  const recorded = closeCall ? closeCall.outcome : 'open';
  switch (binding?.status) {
    case 'active':
      return `${recorded}: active ${binding.workflowId}`;
    case 'error':
      return `${recorded}: error ${binding.errorReason}`;
    default:
      return `${recorded}: ${binding?.status} in ${binding?.runInMs}`;
  }
};

/** The build when it is claimed for this call of its run; those before were refused. */
const atCall = (number: number) => claimedAfter(Array.from({ length: number - 1 }, () => 'refused' as const));

const created: WrkAnswer = {
  kind: 'created',
  workflowId: 'wf-1',
  workflowUrl: 'https://wrk.example/wf-1',
};
const rejected: WrkAnswer = {
  kind: 'rejected',
  findings: ['nodes[1]: unknown type'],
  detail: 'WRK answered 422',
};

/** The rows of the table that are tried again: how the call is recorded, and how the run ends after the last one. */
const RETRIED: readonly { row: string; answer: WrkAnswer; recorded: CallOutcome; endsAs: string }[] = [
  {
    row: '2xx, unusable body',
    answer: { kind: 'unusable', detail: 'no workflow id' },
    recorded: 'unknown',
    endsAs: 'outcome_unknown',
  },
  {
    row: '401',
    answer: { kind: 'access_denied', scope: 'everyone', detail: 'WRK answered 401' },
    recorded: 'refused',
    endsAs: 'wrk_api_error',
  },
  {
    row: '403, 404',
    answer: { kind: 'access_denied', scope: 'tenant', detail: 'WRK answered 403' },
    recorded: 'refused',
    endsAs: 'wrk_api_error',
  },
  {
    row: '425, 429',
    answer: { kind: 'not_now', retryAfterMs: null, detail: 'WRK answered 429' },
    recorded: 'refused',
    endsAs: 'wrk_api_error',
  },
  {
    row: '408, 5xx',
    answer: { kind: 'api_error', retryAfterMs: null, detail: 'WRK answered 503' },
    recorded: 'unknown',
    endsAs: 'wrk_api_error',
  },
  {
    row: 'connection refused, DNS',
    answer: { kind: 'not_sent', detail: 'connection refused' },
    recorded: 'refused',
    endsAs: 'network_failure',
  },
  {
    row: 'timeout, reset mid-way',
    answer: { kind: 'network_failure', detail: 'reset' },
    recorded: 'unknown',
    endsAs: 'network_failure',
  },
];

describe.each(EVERY_POLICY)('whatever the call (duplicates: %s)', (duplicates) => {
  it.each([1, 2, 3, 4])('2xx, well formed activates the build at call %i', (number) => {
    expect(summaryOf(decide(atCall(number), created, duplicates))).toBe('created: active wf-1');
  });

  it.each([1, 2, 3, 4])('400, 422 ends the run at call %i, with WRK’s findings', (number) => {
    const decision = decide(atCall(number), rejected, duplicates);
    expect(summaryOf(decision)).toBe('rejected: error blueprint_rejected');
    expect(decision.binding?.errorDetails).toEqual({
      detail: 'WRK answered 422',
      findings: ['nodes[1]: unknown type'],
      findings_in_all: 1,
      calls: number,
    });
  });

  it.each([1, 2, 3, 4])('a call that we cut off ourselves is replayed at once, at call %i', (number) => {
    const decision = decide(atCall(number), { kind: 'aborted', detail: 'the process stops' }, duplicates);
    expect(summaryOf(decision)).toBe('open: pending in 0');
  });

  it.each([1, 4])('A1, A2: a call that was not begun is none of the run, at call %i', (number) => {
    const answer = { kind: 'not_begun', retryInMs: 700, detail: 'too little of the lease was left' } as const;
    expect(summaryOf(decide(atCall(number), answer, duplicates))).toBe('not_sent: pending in 700');
  });
});

describe.each(RETRIED)('$row', ({ answer, recorded, endsAs }) => {
  describe.each(POLICIES_THAT_GO_ON)('(duplicates: %s)', (duplicates) => {
    it.each([
      [1, 1000],
      [2, 2000],
      [3, 4000],
    ])('at call %i is tried again in %i ms', (number, delayMs) => {
      const decision = decide(atCall(number), answer, duplicates);
      expect(summaryOf(decision)).toBe(`${recorded}: pending in ${delayMs}`);
      expect(decision.closeCall).toMatchObject({
        id: 'call-of-this-claim',
        detail: 'detail' in answer ? answer.detail : '',
      });
    });

    it('at call 4 ends the run', () => {
      const decision = decide(atCall(4), answer, duplicates);
      expect(summaryOf(decision)).toBe(`${recorded}: error ${endsAs}`);
      expect(decision.binding?.errorDetails).toMatchObject({ calls: 4 });
    });
  });

  it.each([1, 2, 3, 4])('at call %i, where unknown outcomes stop', (number) => {
    const goesOn =
      number < 4 ? `refused: pending in ${[1000, 2000, 4000][number - 1]}` : `refused: error ${endsAs}`;
    const expected = recorded === 'unknown' ? 'unknown: error outcome_unknown' : goesOn;
    expect(summaryOf(decide(atCall(number), answer, 'nothing, stop'))).toBe(expected);
  });
});

describe('409', () => {
  const exists = (change: Partial<Extract<WrkAnswer, { kind: 'already_exists' }>> = {}): WrkAnswer => ({
    kind: 'already_exists',
    workflowId: 'wf-1',
    workflowUrl: 'https://wrk.example/wf-1',
    reference: 'binding-1',
    detail: 'WRK answered 409',
    ...change,
  });

  describe.each(EVERY_POLICY)('(duplicates: %s)', (duplicates) => {
    it.each([1, 4])('with this build’s own workflow adopts it at call %i', (number) => {
      const decision = decide(atCall(number), exists(), duplicates);
      expect(summaryOf(decision)).toBe('created: active wf-1');
      expect(decision.audit).toMatchObject({
        actionType: 'build_complete',
        metadata: { workflow_id: 'wf-1' },
      });
    });
  });

  const NOT_OURS: readonly [string, WrkAnswer][] = [
    ['another build’s workflow', exists({ reference: 'binding-2' })],
    ['a workflow of nobody knows whom', exists({ reference: null })],
    ['our reference, and no id', exists({ workflowId: null })],
    ['our reference, and no address', exists({ workflowUrl: null })],
  ];

  describe.each(NOT_OURS)('with %s', (_, answer) => {
    it.each(['key', 'nothing, retry', 'nothing, stop'] as const)(
      'ends the run at once (duplicates: %s)',
      (duplicates) => {
        const decision = decide(atCall(1), answer, duplicates);
        expect(summaryOf(decision)).toBe('refused: error workflow_conflict');
        expect(decision.binding?.errorDetails?.detail).toBe('WRK answered 409');
      },
    );

    it('is looked up next where WRK can be asked', () => {
      expect(summaryOf(decide(atCall(1), answer, 'lookup'))).toBe('unknown: pending in 1000');
    });

    it('ends the run at its last call where WRK can be asked', () => {
      expect(summaryOf(decide(atCall(4), answer, 'lookup'))).toBe('unknown: error workflow_conflict');
    });
  });
});

describe('Retry-After', () => {
  const kinds = ['not_now', 'api_error'] as const;

  it.each(kinds)('of %s is honoured where it is longer than our own wait', (kind) => {
    const { binding, messages } = decide(atCall(1), { kind, retryAfterMs: 60_000, detail: 'later' });
    expect(binding?.runInMs).toBe(60_000);
    expect(messages.map(({ delayMs }) => delayMs)).toEqual([60_000]);
  });

  it.each(kinds)('of %s is honoured up to 15 minutes', (kind) => {
    expect(decide(atCall(1), { kind, retryAfterMs: 1e12, detail: 'later' }).binding?.runInMs).toBe(900_000);
  });

  it.each(kinds)('of %s shortens no wait', (kind) => {
    expect(decide(atCall(3), { kind, retryAfterMs: 5, detail: 'soon' }).binding?.runInMs).toBe(4000);
  });
});

describe('the count of calls', () => {
  const failure: WrkAnswer = { kind: 'api_error', retryAfterMs: null, detail: 'WRK answered 500' };

  it('leaves out calls that were cut off, and those that were never sent', () => {
    const build = claimedAfter([null, 'unknown', 'not_sent', null, 'unknown']);
    expect(summaryOf(decide(build, failure))).toBe('unknown: pending in 4000');
  });

  it('starts anew with each run', () => {
    const calls = [1, 2, 3, 4].map((number) => ledgerCall(number, 'unknown'));
    const build = claimedBuild({ calls, binding: bindingFacts({ run: 2, fence: 8 }) });
    expect(summaryOf(decide(build, failure))).toBe('unknown: pending in 1000');
  });

  it('ends the run though late answers have brought it past the last call', () => {
    expect(summaryOf(decide(atCall(6), failure))).toBe('unknown: error wrk_api_error');
  });
});

describe('the jitter', () => {
  const failure: WrkAnswer = { kind: 'not_sent', detail: 'connection refused' };

  it.each([
    [0, 900],
    [0.5, 1000],
    [0.75, 1050],
  ])('draws from %f a first wait of %i ms', (random, delayMs) => {
    expect(decide(atCall(1), failure, 'key', random).binding?.runInMs).toBe(delayMs);
  });
});

describe('refuseTakenWorkflow', () => {
  it('ends the run: WRK named a workflow that another build holds', () => {
    const decision = refuseTakenWorkflow(
      claimedBuild(),
      { workflowId: 'wf-9' },
      orchestrationPolicy(),
      'decision-2',
    );
    expect(summaryOf(decision)).toBe('unknown: error workflow_conflict');
    expect(decision.id).toBe('decision-2');
    expect(decision.binding).toMatchObject({ workflowId: null, workflowUrl: null });
    expect(decision.binding?.errorDetails?.detail).toBe(
      'WRK answered with workflow wf-9, which belongs to another build: find out in WRK which one',
    );
  });
});
