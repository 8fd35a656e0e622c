import type { BuildDecision } from '../../../../src/core/build/decision.js';
import type { BuildFacts, ClaimedBuild } from '../../../../src/core/build/facts.js';
import { decideLateAnswer, resumeClaim } from '../../../../src/core/orchestration/decide-late-answer.js';
import { decideNextStep } from '../../../../src/core/orchestration/decide-next-step.js';
import { decideOutcome, refuseTakenWorkflow } from '../../../../src/core/orchestration/decide-outcome.js';
import { rescheduleBuild } from '../../../../src/core/orchestration/reschedule-build.js';
import { DEFAULT_RETRY_POLICY } from '../../../../src/core/orchestration/retry-policy.js';
import type { WrkAnswer } from '../../../../src/core/orchestration/wrk-answer.js';
import { orchestrationPolicy } from '../../support/claimed-build.js';
import { commit } from './commit.js';
import { claim, loadBuild } from './load.js';
import type { Step } from './steps.js';
import { newId, pickRow, type World } from './world.js';
import { lookUp, post } from './wrk.js';

/** A worker claims a build and does what is decided next, up to the moment when WRK has been called. */
export function claimBuild(world: World, step: Extract<Step, { step: 'claim' }>): void {
  const binding = pickRow(
    world.bindings.filter(({ state, leased }) => state.status === 'pending' && !leased),
    step.build,
  );
  const claimed = binding && claim(world, binding);
  if (!claimed) return;
  const next = decideNextStep(claimed, policyOf(world), newId(world, 'decision'));
  world.reached.add(`next ${next.kind}`);
  if (next.kind === 'commit') {
    settle(world, claimed, next.decision, null);
    return;
  }
  const known = next.kind === 'look_up' ? lookUp(world, claimed, step.lookupFails) : null;
  const possible = known ? [known] : post(world, claimed, step.makes);
  world.inFlight = [...world.inFlight, { claimed, possible }];
}

/** WRK's answer arrives, perhaps long after the lease has ended. */
export function answerCall(world: World, step: Extract<Step, { step: 'answer' }>): void {
  const call = pickRow(world.inFlight, step.call);
  const answer = call && pickRow(call.possible, step.which);
  if (!call || !answer) return;
  world.inFlight = world.inFlight.filter((each) => each !== call);
  const { claimed } = call;
  const decision = decideOutcome(claimed, answer, policyOf(world), {
    decisionId: newId(world, 'decision'),
    random: 0.5,
    durationMs: 1,
  });
  if (step.hold) world.held = [...world.held, { kind: 'outcome', claimed, answer, decision }];
  else settle(world, claimed, decision, answer);
}

/** Commits what was decided about a claim: at most three times on newer facts, else as a late answer, as the handler does. */
export function settle(
  world: World,
  claimed: ClaimedBuild,
  first: BuildDecision,
  answer: WrkAnswer | null,
): void {
  let decision = first;
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const verdict = commit(world, decision);
    if (verdict === 'ok') {
      noteEnd(world, decision);
      return;
    }
    const now = loadBuild(world, claimed.binding.id);
    const resumed = resumeClaim(claimed, now);
    if (!resumed) {
      recordLate(world, claimed, now, answer);
      return;
    }
    const taken = verdict === 'workflow_taken' ? decision.binding?.workflowId : null;
    decision = taken
      ? refuseTakenWorkflow(resumed, { workflowId: taken }, policyOf(world), decision.id)
      : decideAgain(world, resumed, answer, decision.id);
  }
  world.violations.push('a decision on the newest facts was stale');
}

function recordLate(
  world: World,
  claimed: ClaimedBuild,
  now: BuildFacts | null,
  answer: WrkAnswer | null,
): void {
  const decisionId = newId(world, 'decision');
  const late =
    answer && decideLateAnswer(claimed, now, answer, policyOf(world), { decisionId, durationMs: 1 });
  world.reached.add(`late ${late ? late.closeCall?.outcome : 'nothing'}`);
  if (late && commit(world, late) !== 'ok') world.violations.push('a late answer was not recorded');
}

function decideAgain(
  world: World,
  build: ClaimedBuild,
  answer: WrkAnswer | null,
  decisionId: string,
): BuildDecision {
  world.reached.add('decided again');
  if (answer)
    return decideOutcome(build, answer, policyOf(world), { decisionId, random: 0.5, durationMs: 1 });
  const next = decideNextStep(build, policyOf(world), decisionId);
  return next.kind === 'commit'
    ? next.decision
    : rescheduleBuild(build, { outcome: 'not_sent', detail: 'the facts have changed' }, 0, decisionId);
}

function noteEnd(world: World, { binding }: BuildDecision): void {
  if (binding?.status === 'error') world.reached.add(`error ${binding.errorReason}`);
  else world.reached.add(`binding ${binding?.status}`);
}

/** As by default, but for few interruptions: eleven in one run hardly ever come together by chance. */
export function policyOf({ duplicates }: World) {
  const retry = { ...DEFAULT_RETRY_POLICY, maxInterruptions: 2 };
  return orchestrationPolicy({ duplicates, retry });
}
