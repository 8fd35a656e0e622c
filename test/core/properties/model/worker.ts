import type { BuildDecision } from '../../../../src/core/build/decision.js';
import type { BuildFacts, ClaimedBuild } from '../../../../src/core/build/facts.js';
import { rescheduleBuild } from '../../../../src/core/orchestration/change-build.js';
import { decideLateAnswer, resumeClaim } from '../../../../src/core/orchestration/decide-after-commit.js';
import { workflowOfWrk } from '../../../../src/core/orchestration/decide-give-way.js';
import { decideNextStep } from '../../../../src/core/orchestration/decide-next-step.js';
import { decideOutcome, refuseTakenWorkflow } from '../../../../src/core/orchestration/decide-outcome.js';
import type { WrkAnswer } from '../../../../src/core/orchestration/wrk-answer.js';
import { commit } from './commit.js';
import { giveWay } from './give-way.js';
import { claim, loadBuild } from './load.js';
import { type Model, newId, pickRow } from './model.js';
import { policyOf } from './policy.js';
import type { Step } from './steps.js';
import { lookUp, post } from './wrk.js';

/** A worker claims a build and does what is decided next, up to the moment when WRK has been called. */
export function claimBuild(model: Model, step: Extract<Step, { step: 'claim' }>): void {
  const binding = pickRow(
    model.bindings.filter(({ state, leased }) => state.status === 'pending' && !leased),
    step.build,
  );
  const claimed = binding && claim(model, binding);
  if (!claimed) return;
  const next = decideNextStep(claimed, policyOf(model), newId(model, 'decision'));
  model.reached.add(`next ${next.kind}`);
  if (next.kind === 'commit') {
    settle(model, claimed, next.decision, null);
    return;
  }
  const known = next.kind === 'look_up' ? lookUp(model, claimed, step.lookupFails) : null;
  const possible = known ? [known] : post(model, claimed, step.makes);
  model.inFlight = [...model.inFlight, { claimed, possible }];
}

/** WRK's answer arrives, perhaps long after the lease has ended. */
export function answerCall(model: Model, step: Extract<Step, { step: 'answer' }>): void {
  const call = pickRow(model.inFlight, step.call);
  const answer = call && pickRow(call.possible, step.which);
  if (!call || !answer) return;
  model.inFlight = model.inFlight.filter((each) => each !== call);
  const { claimed } = call;
  const decision = decideOutcome(claimed, answer, policyOf(model), {
    decisionId: newId(model, 'decision'),
    random: 0.5,
    durationMs: 1,
  });
  if (step.hold) model.held = [...model.held, { kind: 'outcome', claimed, answer, decision }];
  else settle(model, claimed, decision, answer);
}

/** Commits what was decided about a claim: at most three times on newer facts, else as a late answer, as the handler does. */
export function settle(
  model: Model,
  claimed: ClaimedBuild,
  first: BuildDecision,
  answer: WrkAnswer | null,
): void {
  let decision = first;
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const verdict = commit(model, decision);
    if (verdict === 'ok') {
      noteEnd(model, decision);
      return;
    }
    const wanted = verdict === 'workflow_taken' ? workflowOfWrk(decision) : null;
    const taken = wanted !== null && !giveWay(model, wanted) ? wanted : null;
    const now = loadBuild(model, claimed.binding.id);
    const resumed = resumeClaim(claimed, now);
    if (!resumed) {
      recordLate(model, claimed, now, answer);
      return;
    }
    decision = taken
      ? refuseTakenWorkflow(resumed, { workflowId: taken }, policyOf(model), decision.id)
      : decideAgain(model, resumed, answer, decision.id);
  }
  model.violations.push('a decision on the newest facts was stale');
}

function recordLate(
  model: Model,
  claimed: ClaimedBuild,
  now: BuildFacts | null,
  answer: WrkAnswer | null,
): void {
  const decisionId = newId(model, 'decision');
  const late =
    answer && decideLateAnswer(claimed, now, answer, policyOf(model), { decisionId, durationMs: 1 });
  model.reached.add(`late ${late ? late.closeCall?.outcome : 'nothing'}`);
  if (late && commit(model, late) !== 'ok') model.violations.push('a late answer was not recorded');
}

function decideAgain(
  model: Model,
  build: ClaimedBuild,
  answer: WrkAnswer | null,
  decisionId: string,
): BuildDecision {
  model.reached.add('decided again');
  if (answer)
    return decideOutcome(build, answer, policyOf(model), { decisionId, random: 0.5, durationMs: 1 });
  const next = decideNextStep(build, policyOf(model), decisionId);
  return next.kind === 'commit'
    ? next.decision
    : rescheduleBuild(build, { outcome: 'not_sent', detail: 'the facts have changed' }, 0, decisionId);
}

function noteEnd(model: Model, { binding }: BuildDecision): void {
  if (binding?.status === 'error') model.reached.add(`error ${binding.errorReason}`);
  else model.reached.add(`binding ${binding?.status}`);
}
