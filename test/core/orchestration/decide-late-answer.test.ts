import { describe, expect, it } from 'vitest';
import type { BuildFacts, CallOutcome } from '../../../src/core/build/facts.js';
import { decideLateAnswer, resumeClaim } from '../../../src/core/orchestration/decide-after-commit.js';
import type { WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';
import { claimedBuild, ledgerCall } from '../support/claimed-build.js';
import { bindingFacts, versionFacts } from '../support/request-facts.js';

const CLAIMED = claimedBuild();
const WORKFLOW = { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' };
const CREATED: WrkAnswer = { kind: 'created', ...WORKFLOW };

/** The build as it stands now: without this claim's call, since facts hold what is stored. */
const standing = (binding: Partial<BuildFacts['binding']>, calls: BuildFacts['calls'] = []): BuildFacts => {
  const { call: _call, ...facts } = CLAIMED;
  return { ...facts, binding: bindingFacts({ fence: 2, ...binding }), calls };
};

const late = (answer: WrkAnswer, now: BuildFacts | null = standing({ fence: 3 })) =>
  decideLateAnswer(
    CLAIMED,
    now,
    answer,
    { channels: { slack: true } },
    { decisionId: 'decision-2', durationMs: 12.4 },
  );

describe('resumeClaim', () => {
  it('goes on with newer facts while the fence and the status are its own', () => {
    const now = {
      ...standing({}, [ledgerCall(1, 'unknown'), ledgerCall(2, null, { id: 'call-of-this-claim' })]),
      automationVersion: versionFacts({ status: 'Archived' }),
    };
    expect(resumeClaim(CLAIMED, now)).toEqual({
      ...now,
      call: CLAIMED.call,
      calls: [ledgerCall(1, 'unknown')],
    });
  });

  it.each([
    ['somebody else has claimed the build', standing({ fence: 3 })],
    ['the build has failed', standing({ status: 'error' })],
    ['the build was cancelled', standing({ status: 'cancelled' })],
    ['the build is complete', standing({ status: 'active' })],
    ['the build is gone', null],
  ])('gives the claim up when %s', (_, now) => {
    expect(resumeClaim(CLAIMED, now)).toBeNull();
  });
});

describe('an answer that came after its lease was lost', () => {
  it('changes no row but its own in the ledger', () => {
    expect(late(CREATED)).toEqual({
      id: 'decision-2',
      tenantId: 'tenant-1',
      automationVersionId: 'version-1',
      bindingId: 'binding-1',
      guard: {
        binding: 'any',
        assignee: null,
        automationVersionRow: null,
        project: null,
        quote: null,
        noOpenBlocker: false,
        noBuildingSibling: false,
      },
      automationVersionStatus: null,
      project: null,
      binding: null,
      assignee: null,
      createTasks: [],
      setTasks: [],
      closeCall: {
        id: 'call-of-this-claim',
        outcome: 'created',
        detail: 'WRK answered after the lease was lost',
        findings: [],
        httpStatus: null,
        wrkRequestId: null,
        durationMs: 12,
        ...WORKFLOW,
      },
      audit: null,
      messages: [],
      idempotency: null,
    });
  });

  const exists = (change: Partial<Extract<WrkAnswer, { kind: 'already_exists' }>> = {}): WrkAnswer => ({
    kind: 'already_exists',
    ...WORKFLOW,
    reference: 'binding-1',
    detail: 'WRK answered 409',
    ...change,
  });

  it.each<[string, WrkAnswer, CallOutcome, string | null]>([
    ['a creation', CREATED, 'created', 'wf-1'],
    ['a rejection', { kind: 'rejected', findings: [], detail: '422' }, 'rejected', null],
    ['a denial', { kind: 'access_denied', scope: 'everyone', detail: '401' }, 'refused', null],
    ['“not now”', { kind: 'not_now', retryAfterMs: 5, detail: '429' }, 'refused', null],
    ['“not sent”', { kind: 'not_sent', detail: 'DNS' }, 'refused', null],
    ['an API error', { kind: 'api_error', retryAfterMs: null, detail: '500' }, 'unknown', null],
    ['a network failure', { kind: 'network_failure', detail: 'reset' }, 'unknown', null],
    ['no call at all', { kind: 'not_begun', retryInMs: 0, detail: 'no lease' }, 'not_sent', null],
    ['an unusable answer', { kind: 'unusable', detail: 'no id' }, 'unknown', null],
    ['a 409 with the own workflow', exists(), 'created', 'wf-1'],
    ['a 409 with the own workflow, and no address', exists({ workflowUrl: null }), 'unknown', 'wf-1'],
    ['a 409 with the own reference, and no id', exists({ workflowId: null }), 'unknown', null],
    ['a 409 with another build’s workflow', exists({ reference: 'binding-2' }), 'unknown', null],
    ['a 409 that says nothing of a build', exists({ reference: null }), 'unknown', null],
  ])('is recorded: %s', (_, answer, outcome, workflowId) => {
    expect(late(answer)?.closeCall).toMatchObject({ outcome, workflowId });
  });

  it('leaves the row open when there was no answer', () => {
    expect(late({ kind: 'aborted', detail: 'the lease could not be kept' })).toBeNull();
  });
});

describe('the workflow of a late answer', () => {
  const told = [
    'binding-1:2:workflow_unbound:email:ops_team',
    'binding-1:2:workflow_unbound:in_app:ops_team',
  ];
  const keys = (now: BuildFacts | null, answer: WrkAnswer = CREATED) =>
    late(answer, now)?.messages.map(({ key }) => key);

  it.each([
    ['has failed', standing({ status: 'error', errorReason: 'network_failure' })],
    ['was cancelled', standing({ status: 'cancelled', fence: 3 })],
    ['holds another workflow', standing({ status: 'active', fence: 3, workflowId: 'wf-2' })],
    ['no longer exists', null],
  ])('is told to ops when the build %s', (_, now) => {
    expect(keys(now)).toEqual(told);
    expect(late(CREATED, now)?.messages[0]?.body).toMatchObject({
      template: 'workflow_unbound',
      workflowUrl: 'https://wrk.example/wf-1',
      automationVersionId: 'version-1',
    });
  });

  it('is told to nobody while the build is pending: whoever claims it next finds it in the ledger', () => {
    expect(keys(standing({ fence: 3 }))).toEqual([]);
  });

  it('is told to nobody when the build holds it already', () => {
    expect(keys(standing({ status: 'active', fence: 3, workflowId: 'wf-1' }))).toEqual([]);
  });

  it('is told to nobody when there is none', () => {
    const failed = standing({ status: 'error', errorReason: 'network_failure' });
    expect(keys(failed, { kind: 'network_failure', detail: 'reset' })).toEqual([]);
  });
});
