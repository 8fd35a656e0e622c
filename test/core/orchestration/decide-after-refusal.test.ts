import { describe, expect, it } from 'vitest';
import type { BuildDecision, Refusal } from '../../../src/core/build/decision.js';
import { hostRefused } from '../../../src/core/build/errors.js';
import type { ClaimedBuild } from '../../../src/core/build/facts.js';
import { releaseBuild } from '../../../src/core/orchestration/change-build.js';
import { recordLateAnswer } from '../../../src/core/orchestration/decide-after-commit.js';
import {
  decideAfterRefusal,
  type FormedOutcome,
} from '../../../src/core/orchestration/decide-after-refusal.js';
import { decideNextStep } from '../../../src/core/orchestration/decide-next-step.js';
import { decideOutcome } from '../../../src/core/orchestration/decide-outcome.js';
import type { WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';
import { claimedBuild, ledgerCall, orchestrationPolicy } from '../support/claimed-build.js';
import { REFUSAL } from '../support/refusal.js';
import { bindingFacts, versionFacts } from '../support/request-facts.js';

const POLICY = orchestrationPolicy();
const WORKFLOW = { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' };
const CREATED: WrkAnswer = { kind: 'created', ...WORKFLOW };
const REJECTED: WrkAnswer = {
  kind: 'rejected',
  findings: ['a → b'],
  detail: 'WRK answered 422',
  trace: { httpStatus: 422, wrkRequestId: 'théirs' },
};

const refusal = (change: Partial<Refusal> = {}): Refusal => ({ ...REFUSAL, ...change });
const OF_TEXT = refusal({ isOfText: true, sqlState: '22P05' });

const outcome = (answer: WrkAnswer, build: ClaimedBuild = claimedBuild()): BuildDecision =>
  decideOutcome(build, answer, POLICY, { decisionId: 'decision-1', random: 0.5, durationMs: 12 });

/** The forms after the whole one, while each is refused. */
function forms(decision: BuildDecision, why: Refusal, build = claimedBuild()): readonly FormedOutcome[] {
  const all: FormedOutcome[] = [];
  let last: FormedOutcome | null = { form: 'whole', decision };
  for (;;) {
    last = decideAfterRefusal(build, last, why, POLICY);
    if (!last) return all;
    all.push(last);
  }
}

const templates = ({ messages }: BuildDecision) =>
  messages.flatMap(({ body }) => (body.kind === 'notification' ? [`${body.channel} ${body.template}`] : []));

/** What a decision touches of the host's. */
const ofTheHost = ({
  guard,
  automationVersionStatus,
  project,
  createTasks,
  setTasks,
  audit,
}: BuildDecision) => [
  guard.automationVersionRow,
  guard.project,
  automationVersionStatus,
  project,
  ...createTasks,
  ...setTasks,
  audit,
];
const NOTHING = [null, null, null, null, null];

describe('an outcome that the storage refuses for good', () => {
  it.each([
    ['a completion', outcome(CREATED), refusal(), ['own_rows', 'bare']],
    ['a completion, for a text', outcome(CREATED), OF_TEXT, ['without_texts', 'own_rows', 'bare']],
    ['a failure', outcome(REJECTED), refusal(), ['own_rows', 'bare']],
    ['a failure, for a text', outcome(REJECTED), OF_TEXT, ['without_texts', 'own_rows', 'bare']],
    ['a build that goes back', releaseBuild(claimedBuild(), 'stopped', 'd'), refusal(), ['own_rows', 'bare']],
  ])('%s is written in ever smaller form', (_, decision, why, expected) => {
    expect(forms(decision, why).map(({ form }) => form)).toEqual(expected);
  });

  it('is first written without the texts, as what it was', () => {
    const [first] = forms(outcome(REJECTED), OF_TEXT);
    const note = 'a text has no place in the database (SQLSTATE 22P05)';
    expect(first?.decision).toMatchObject({
      ...outcome(REJECTED),
      binding: {
        status: 'error',
        errorReason: 'blueprint_rejected',
        errorDetails: { detail: note, findings: [], findings_in_all: 1 },
      },
      closeCall: { outcome: 'rejected', detail: note, findings: [], wrkRequestId: null, httpStatus: 422 },
      messages: [{ body: { errorDetails: [note] } }, { body: { errorDetails: [note] } }],
    });
    expect(JSON.stringify(first)).toMatch(/^[ -~]*$/);
  });

  it('keeps the ids of workflows in its messages', () => {
    const calls = [ledgerCall(1, 'created', { workflowId: 'wf-0' })];
    const [first] = forms(outcome(CREATED, claimedBuild({ calls })), OF_TEXT);
    const told = first?.decision.messages.map(({ body }) => body);
    expect(told).toContainEqual(
      expect.objectContaining({ template: 'workflow_unbound', errorDetails: ['wf-0'] }),
    );
  });

  it('is then written on the library’s rows alone, and names what refuses', () => {
    const [first] = forms(outcome(CREATED), refusal());
    const decision = first?.decision ?? outcome(CREATED);
    expect(ofTheHost(decision)).toEqual(NOTHING);
    expect(decision).toMatchObject({
      id: 'decision-1',
      guard: { binding: { fence: 2, status: 'pending' }, noBuildingSibling: false },
      binding: {
        status: 'error',
        fence: 2,
        errorReason: 'outcome_refused',
        errorDetails: {
          detail: 'A constraint refused a row.',
          refused: 'active',
          sql_state: '23503',
          table: 'audit_logs',
          constraint: 'audit_logs_tenant',
          column: null,
          host_function: null,
        },
        ...WORKFLOW,
      },
      closeCall: { outcome: 'created', ...WORKFLOW },
    });
    expect(templates(decision)).toEqual(['email build_failed', 'in_app build_failed']);
  });

  it('says of a failure what it was, with WRK’s findings', () => {
    const [first] = forms(outcome(REJECTED), refusal());
    expect(first?.decision).toMatchObject({
      binding: { errorDetails: { refused: 'blueprint_rejected', findings: ['a → b'] }, workflowId: null },
      closeCall: { outcome: 'rejected', findings: ['a → b'] },
    });
  });

  it('still tells ops of workflows that no build holds', () => {
    const build = claimedBuild({ automationVersion: versionFacts({ status: 'Archived' }) });
    const [first] = forms(outcome(CREATED, build), refusal(), build);
    expect(first && templates(first.decision)).toContain('email workflow_unbound');
    expect(first?.decision.closeCall).toMatchObject({ outcome: 'created', ...WORKFLOW });
  });

  it('is at last bare, with the answer of WRK and nothing else', () => {
    const last = forms(outcome(REJECTED), OF_TEXT).at(-1)?.decision ?? outcome(REJECTED);
    expect(ofTheHost(last)).toEqual(NOTHING);
    expect(last).toMatchObject({
      binding: { status: 'error', errorReason: 'outcome_refused', errorDetails: { sql_state: '22P05' } },
      closeCall: { outcome: 'rejected', detail: '', findings: [] },
      messages: [],
    });
    expect(forms(outcome(CREATED), refusal()).at(-1)?.decision).toMatchObject({
      binding: WORKFLOW,
      closeCall: WORKFLOW,
    });
  });

  it('escapes an id that has no place either, into the details', () => {
    const strange = { workflowId: 'wf→1', workflowUrl: 'https://wrk.example/wf_1' };
    const last = forms(outcome({ kind: 'created', ...strange }), OF_TEXT).at(-1)?.decision;
    expect(last).toMatchObject({
      binding: { workflowId: null, workflowUrl: null, errorDetails: { workflow_id: 'wf%E2%86%921' } },
      closeCall: { outcome: 'created', workflowId: null, workflowUrl: null },
    });
    expect(JSON.stringify(last)).toMatch(/^[ -~]*$/);
  });

  it('closes the row of a late answer in any case, and leaves the binding alone', () => {
    const build = claimedBuild();
    const late = recordLateAnswer(build, build, { answer: REJECTED, durationMs: 12 }, POLICY, 'late');
    if (!late) throw new Error('WRK has answered');
    expect(forms(late, OF_TEXT).map(({ form }) => form)).toEqual(['without_texts', 'bare']);
    expect(forms(late, refusal())).toMatchObject([
      { form: 'bare', decision: { binding: null, closeCall: { outcome: 'rejected', findings: [] } } },
    ]);
    expect(forms({ ...late, closeCall: null }, OF_TEXT)).toMatchObject([
      { decision: { closeCall: null } },
      { decision: { closeCall: null } },
    ]);
  });
});

describe('a build that was retried after its outcome was refused', () => {
  it.each([
    ['completes with the workflow that was kept', 'wf-1', 'commit'],
    ['calls where none was', null, 'call'],
  ])('%s', (_, workflowId, kind) => {
    const kept = workflowId === null ? { workflowId, workflowUrl: null } : WORKFLOW;
    const build = claimedBuild({ binding: bindingFacts({ run: 2, fence: 4, ...kept }) });
    const step = decideNextStep(build, POLICY, 'decision-1');
    expect(step).toMatchObject(
      kind === 'call' ? { kind } : { kind, decision: { binding: { status: 'active', ...WORKFLOW } } },
    );
  });
});

describe('the error of a write that the host’s database refuses', () => {
  it('says what refuses it, and names the parts of the schema', () => {
    expect(hostRefused(refusal())).toEqual({
      code: 'host_refused',
      message: 'The host’s database refuses the write. A constraint refused a row.',
      details: {
        sqlState: '23503',
        table: 'audit_logs',
        constraint: 'audit_logs_tenant',
        column: null,
        hostFunction: null,
      },
    });
  });
});
