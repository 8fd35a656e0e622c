import { describe, expect, it } from 'vitest';
import type { CallFacts, CallOutcome, ClaimedBuild } from '../../../src/core/build/facts.js';
import {
  decideNextStep,
  decideWithoutCall,
  type NextStep,
} from '../../../src/core/orchestration/decide-next-step.js';
import { DEFAULT_RETRY_POLICY } from '../../../src/core/orchestration/retry-policy.js';
import {
  claimedAfter,
  claimedBuild,
  DUPLICATE_POLICIES,
  ledgerCall,
  orchestrationPolicy,
} from '../support/claimed-build.js';
import { bindingFacts, INCOMPLETE_BLUEPRINT, versionFacts } from '../support/request-facts.js';

type Duplicates = keyof typeof DUPLICATE_POLICIES;

const EVERY_POLICY = ['key', 'lookup', 'nothing, retry', 'nothing, stop'] as const;

const stepOf = (build: ClaimedBuild, duplicates: Duplicates = 'key') =>
  decideNextStep(build, orchestrationPolicy({ duplicates: DUPLICATE_POLICIES[duplicates] }), 'decision-1');

/** What the step comes to: a call, a lookup, an end of the run with its reason, or the activation of a workflow. */
const summaryOf = (step: NextStep) => {
  if (step.kind !== 'commit') return step.kind;
  const { binding } = step.decision;
  return binding?.status === 'active' ? `active ${binding.workflowId}` : `error ${binding?.errorReason}`;
};

const settled = (build: ClaimedBuild, duplicates: Duplicates = 'key') => {
  const step = stepOf(build, duplicates);
  if (step.kind !== 'commit') throw new Error(`Expected a decision, got ${step.kind}.`);
  return step.decision;
};

const BUILDING = versionFacts({ status: 'Build in Progress' });
const MADE: Partial<CallFacts> = { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' };
const editedSince = (build: ClaimedBuild): ClaimedBuild => ({
  ...build,
  contentHash: 'content-2',
});

describe('a build that was claimed for the first time', () => {
  it.each(EVERY_POLICY)('is sent to WRK (duplicates: %s)', (duplicates) => {
    const build = claimedBuild();
    expect(stepOf(build, duplicates)).toEqual({
      kind: 'call',
      content: { automationName: BUILDING.automationName, blueprintJson: BUILDING.blueprintJson },
    });
  });
});

describe('a build that is not wanted any more', () => {
  it.each([
    ['was archived', { automationVersion: versionFacts({ status: 'Archived' }) }, 'is “Archived”'],
    ['was moved back', { automationVersion: versionFacts() }, 'is “Ready for Build”'],
    ['was deleted', { automationVersion: null }, 'no longer exists'],
  ])('ends as `not_buildable`, uncalled, when its version %s', (_, change, status) => {
    const decision = settled(claimedBuild(change));
    expect(decision.binding).toMatchObject({
      status: 'error',
      errorReason: 'not_buildable',
      errorDetails: {
        detail: `the automation version ${status}; it must be “Build in Progress” to be built`,
        findings: [],
        calls: 0,
      },
    });
    expect(decision.closeCall).toMatchObject({ id: 'call-of-this-claim', outcome: 'not_sent' });
    expect(decision.automationVersionStatus).toBeNull();
  });

  it('ends as `not_buildable`, uncalled, when its version was cut off from the project', () => {
    const decision = settled(claimedBuild({ project: null }));
    expect(decision.binding).toMatchObject({
      errorReason: 'not_buildable',
      errorDetails: { detail: 'the automation version no longer belongs to a project' },
    });
    expect(decision.project).toBeNull();
  });
});

describe('a blueprint that is not complete any more', () => {
  it('ends the run as `invalid_blueprint`, uncalled, with every finding and where it is', () => {
    const automationVersion = versionFacts({
      status: 'Build in Progress',
      blueprintJson: INCOMPLETE_BLUEPRINT,
    });
    const decision = settled(claimedBuild({ automationVersion }));
    expect(decision.binding).toMatchObject({
      status: 'error',
      errorReason: 'invalid_blueprint',
      errorDetails: {
        detail: 'the blueprint is no longer complete',
        findings: ['nodes: Add at least one node.', 'edges: Add at least one edge.'],
        calls: 0,
      },
    });
    expect(decision.closeCall?.outcome).toBe('not_sent');
  });

  it('names no place for a finding about the whole document', () => {
    const automationVersion = versionFacts({ status: 'Build in Progress', blueprintJson: '7' });
    expect(settled(claimedBuild({ automationVersion })).binding?.errorDetails?.findings).toEqual([
      'The blueprint must be an object with the lists `nodes` and `edges`.',
    ]);
  });
});

describe('an answer that was recorded without its consequences', () => {
  const recorded = (outcome: CallOutcome, change: Partial<CallFacts> = {}) =>
    claimedAfter([], { calls: [ledgerCall(1, outcome, change), ledgerCall(2, 'unknown')] });

  it.each(EVERY_POLICY)('completes the build from the ledger, uncalled (duplicates: %s)', (duplicates) => {
    const decision = settled(recorded('created', MADE), duplicates);
    expect(decision.binding).toMatchObject({
      status: 'active',
      workflowId: 'wf-1',
      workflowUrl: 'https://wrk.example/wf-1',
    });
    expect(decision.closeCall).toMatchObject({ id: 'call-of-this-claim', outcome: 'not_sent' });
    expect(decision.id).toBe('decision-1');
  });

  it('completes the build though its content was edited since: WRK has made the workflow', () => {
    expect(summaryOf(stepOf(editedSince(recorded('created', MADE))))).toBe('active wf-1');
  });

  it('keeps the workflow of a version that was archived meanwhile', () => {
    const build = { ...recorded('created', MADE), automationVersion: versionFacts({ status: 'Archived' }) };
    const { binding, messages } = settled(build);
    expect(binding).toMatchObject({ status: 'error', errorReason: 'not_buildable' });
    expect(messages.map(({ key }) => key)).toContain('binding-1:2:workflow_unbound:email:ops_team');
  });

  it.each(EVERY_POLICY)('ends the run when WRK had rejected its blueprint (duplicates: %s)', (duplicates) => {
    const { binding, closeCall } = settled(
      recorded('rejected', { findings: ['nodes[2]: unknown type'] }),
      duplicates,
    );
    expect(binding).toMatchObject({
      status: 'error',
      errorReason: 'blueprint_rejected',
      errorDetails: {
        detail: 'WRK rejected the blueprint at call 1',
        findings: ['nodes[2]: unknown type'],
        calls: 2,
      },
    });
    expect(closeCall?.outcome).toBe('not_sent');
  });

  it('ends the run after a rejection though the blueprint was edited since: that takes a command', () => {
    expect(summaryOf(stepOf(editedSince(recorded('rejected'))))).toBe('error blueprint_rejected');
  });

  it('lets ops ask for a new run after a rejection', () => {
    const build = {
      ...recorded('rejected'),
      binding: bindingFacts({ run: 2, fence: 5 }),
      calls: [ledgerCall(1, 'rejected')],
    };
    expect(summaryOf(stepOf(build))).toBe('call');
  });

  it('takes the first workflow when WRK has made two, and tells ops of the other', () => {
    const second = { workflowId: 'wf-2', workflowUrl: 'https://wrk.example/wf-2' };
    const calls = [ledgerCall(1, 'created', MADE), ledgerCall(2, 'created', second)];
    const { binding, messages } = settled(claimedBuild({ calls }));
    expect(binding?.workflowId).toBe('wf-1');
    expect(messages.at(-1)?.body).toMatchObject({
      template: 'workflow_unbound',
      workflowUrl: 'https://wrk.example/wf-2',
    });
  });

  it('prefers the workflow when the ledger holds both', () => {
    const calls = [ledgerCall(1, 'rejected'), ledgerCall(2, 'created', MADE)];
    expect(summaryOf(stepOf(claimedBuild({ calls })))).toBe('active wf-1');
  });
});

describe('a run whose calls are used up', () => {
  const usedUp = claimedAfter(['refused', 'refused', 'refused', 'refused']);

  it.each(EVERY_POLICY)(
    'ends, when the last answer came too late to end it (duplicates: %s)',
    (duplicates) => {
      expect(settled(usedUp, duplicates).binding).toMatchObject({
        status: 'error',
        errorReason: 'wrk_api_error',
        errorDetails: { calls: 4 },
      });
    },
  );

  it('goes on while a call is left', () => {
    expect(summaryOf(stepOf(claimedAfter(['refused', 'refused', 'refused'])))).toBe('call');
  });

  it('ends though the outcome is unknown and WRK could be asked', () => {
    expect(summaryOf(stepOf(claimedAfter(['unknown', 'unknown', 'unknown', 'unknown']), 'lookup'))).toBe(
      'error wrk_api_error',
    );
  });

  it('counts neither what was cut off, nor what was never sent, nor the runs before', () => {
    const binding = bindingFacts({ run: 2, fence: 9 });
    const earlier = [1, 2, 3, 4].map((number) => ledgerCall(number, 'refused'));
    const outcomes = [null, 'not_sent', 'refused', null, 'refused', 'not_sent', 'refused'] as const;
    const current = outcomes.map((outcome, index) => ledgerCall(index + 1, outcome, { run: 2 }));
    expect(summaryOf(stepOf(claimedBuild({ binding, calls: [...earlier, ...current] })))).toBe('call');
  });
});

describe('a run whose calls keep being cut off', () => {
  const cutOff = (times: number) => claimedAfter(Array.from({ length: times }, () => null));

  it('is called again after ten of them', () => {
    expect(summaryOf(stepOf(cutOff(10)))).toBe('call');
  });

  it('ends as `interrupted_too_often` after more', () => {
    expect(settled(cutOff(11)).binding).toMatchObject({
      errorReason: 'interrupted_too_often',
      errorDetails: { detail: '11 calls of this run were interrupted before their answer was recorded' },
    });
  });

  it('goes by what the host has configured', () => {
    const policy = orchestrationPolicy({ retry: { ...DEFAULT_RETRY_POLICY, maxInterruptions: 0 } });
    expect(summaryOf(decideNextStep(cutOff(1), policy, 'decision-1'))).toBe('error interrupted_too_often');
    expect(summaryOf(decideNextStep(cutOff(0), policy, 'decision-1'))).toBe('call');
  });

  it('counts no call that was answered', () => {
    const build = claimedAfter([...Array.from({ length: 10 }, () => null), 'refused', 'not_sent']);
    expect(summaryOf(stepOf(build))).toBe('call');
  });

  it('counts no interruption of an earlier run', () => {
    const build = { ...cutOff(11), binding: bindingFacts({ run: 2, fence: 14 }) };
    expect(summaryOf(stepOf(build))).toBe('call');
  });
});

describe('an earlier call that may have made a workflow', () => {
  const earlier: Readonly<Record<string, readonly CallFacts[]>> = {
    'got no usable answer': [ledgerCall(1, 'unknown')],
    'was cut off': [ledgerCall(1, null)],
    'was followed by a refusal': [ledgerCall(1, 'unknown'), ledgerCall(2, 'refused')],
    'was of an earlier run': [ledgerCall(1, 'unknown', { run: 0 })],
    'made one that an earlier run could not take': [ledgerCall(1, 'created', { run: 0, ...MADE })],
    'made one in an earlier run that ended with a rejection': [
      ledgerCall(1, 'created', { run: 0, ...MADE }),
      ledgerCall(2, 'rejected', { run: 0 }),
    ],
    'made one whose id was not recorded': [
      ledgerCall(1, 'created', { workflowUrl: 'https://wrk.example/wf-1' }),
    ],
    'made one whose address was not recorded': [ledgerCall(1, 'created', { workflowId: 'wf-1' })],
  };
  const expected: readonly [Duplicates, string][] = [
    ['key', 'call'],
    ['lookup', 'look_up'],
    ['nothing, retry', 'call'],
    ['nothing, stop', 'error outcome_unknown'],
  ];

  describe.each(Object.entries(earlier))('and %s', (_, calls) => {
    const build = claimedBuild({ calls });

    it.each(expected)('leads under “%s” to: %s', (duplicates, summary) => {
      expect(summaryOf(stepOf(build, duplicates))).toBe(summary);
    });

    it('is followed by nothing but the version as it is now', () => {
      for (const duplicates of EVERY_POLICY) {
        const step = stepOf(build, duplicates);
        if (step.kind !== 'commit')
          expect(step.content).toEqual({
            automationName: BUILDING.automationName,
            blueprintJson: BUILDING.blueprintJson,
          });
      }
    });

    it.each(EVERY_POLICY)(
      'lets no other bytes be sent, unless a command came since and WRK can be asked (duplicates: %s)',
      (duplicates) => {
        const mayAsk = duplicates === 'lookup' && calls.every(({ run }) => run < build.binding.run);
        expect(summaryOf(stepOf(editedSince(build), duplicates))).toBe(
          mayAsk ? 'look_up' : 'error outcome_unknown',
        );
      },
    );

    it.each(EVERY_POLICY)(
      'stands in no way of a run at a person’s own risk, if it is older (duplicates: %s)',
      (duplicates) => {
        const atRisk = {
          ...editedSince(build),
          binding: bindingFacts({ fence: 2, run: 2, duplicateRiskRun: 2 }),
        };
        expect(summaryOf(stepOf(atRisk, duplicates))).toBe('call');
        const later = {
          ...atRisk,
          calls: [...calls, ledgerCall(3, 'unknown', { run: 2, contentHash: 'content-2' })],
        };
        expect(summaryOf(stepOf(later, duplicates)), 'its own calls count').toBe(
          Object.fromEntries(expected)[duplicates],
        );
      },
    );
  });

  it('never lets other bytes be sent when only one of several had others', () => {
    const calls = [ledgerCall(1, 'unknown'), ledgerCall(2, 'unknown', { contentHash: 'content-2' })];
    expect(summaryOf(stepOf(claimedBuild({ calls })))).toBe('error outcome_unknown');
  });

  it('says why the run has stopped', () => {
    const detailOf = (build: ClaimedBuild) => settled(build, 'nothing, stop').binding?.errorDetails?.detail;
    expect(detailOf(editedSince(claimedAfter(['unknown'])))).toBe(
      'the blueprint or the name was edited after a call that may have created the workflow',
    );
    expect(detailOf(claimedAfter(['unknown']))).toBe(
      'an earlier call may have created the workflow, and WRK offers no way to find out',
    );
  });
});

describe('an earlier call that surely made nothing', () => {
  it.each([
    ['was refused', [ledgerCall(1, 'refused')]],
    ['was never sent', [ledgerCall(1, 'not_sent')]],
    ['got its blueprint rejected in an earlier run', [ledgerCall(1, 'rejected', { run: 0 })]],
    [
      'is settled by a later rejection',
      [
        ledgerCall(1, null, { run: 0 }),
        ledgerCall(2, 'unknown', { run: 0 }),
        ledgerCall(3, 'rejected', { run: 0 }),
      ],
    ],
  ])('and %s lets any bytes be sent, under every policy', (_, calls) => {
    for (const duplicates of EVERY_POLICY) {
      expect(summaryOf(stepOf(editedSince(claimedBuild({ calls })), duplicates))).toBe('call');
    }
  });

  it('settles nothing that came after a rejection', () => {
    const calls = [ledgerCall(1, 'rejected', { run: 0 }), ledgerCall(2, 'unknown', { run: 0 })];
    expect(summaryOf(stepOf(claimedBuild({ calls }), 'lookup'))).toBe('look_up');
  });
});

describe('a step that needed no call, on newer facts', () => {
  it('is settled again where it still needs none', () => {
    const build = claimedBuild({ automationVersion: null });
    expect(decideWithoutCall(build, orchestrationPolicy(), 'decision-1')).toEqual(settled(build));
  });

  it('gives the build back at once where these ask for a call', () => {
    expect(decideWithoutCall(claimedBuild(), orchestrationPolicy(), 'decision-1')).toMatchObject({
      id: 'decision-1',
      binding: { status: 'pending', runInMs: 0 },
      closeCall: { outcome: 'not_sent', detail: 'the build changed before the call' },
    });
  });
});
