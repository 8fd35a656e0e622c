import type { BuildDecision } from '../build/decision.js';
import type { CallOutcome, ClaimedBuild } from '../build/facts.js';
import { buildRequestMessage } from '../build/messages.js';
import { closeCall } from './call-ledger.js';
import { nextBinding, unchanged } from './change-build.js';

/** Long enough for what keeps changing a project to come to an end, and shorter than the lease would be. */
const MOVING_FACTS_DELAY_MS = 1_000;

/**
 * Gives the build back to the queue, to be claimed again in `runInMs` milliseconds. Version, project and tasks stay.
 *
 * With `call` `null` its ledger row stays open: the call was cut off, does not count as one of the run's, and is
 * replayed. It is guarded by the fence alone, since what it writes depends on nothing else.
 */
export function rescheduleBuild(
  build: ClaimedBuild,
  call: { readonly outcome: CallOutcome; readonly detail: string } | null,
  runInMs: number,
  decisionId: string,
): BuildDecision {
  const { binding, tenantId } = build;
  const { id: bindingId, requestId, priority } = binding;
  const decision = unchanged(build, decisionId);
  return {
    ...decision,
    guard: { ...decision.guard, automationVersionRow: null, project: null },
    binding: nextBinding(binding, { status: 'pending', runInMs }),
    closeCall: call && closeCall(build, call.outcome, call.detail),
    messages: [buildRequestMessage({ tenantId, bindingId, requestId, priority }, runInMs)],
  };
}

/**
 * Gives back a build whose facts would not hold still, for a claim that starts from new ones in a second.
 *
 * Where WRK was asked, the ledger row of the call stays as it is: the answer is recorded by a decision of its own.
 */
export function rescheduleMovingBuild(
  build: ClaimedBuild,
  wasAsked: boolean,
  decisionId: string,
): BuildDecision {
  const call = { outcome: 'not_sent', detail: 'the build kept changing before the call' } as const;
  return rescheduleBuild(build, wasAsked ? null : call, MOVING_FACTS_DELAY_MS, decisionId);
}

/** Why a build that was about to be called goes back at once. */
const NOT_CALLED = {
  stopped: 'the process was stopped before the call',
  facts_changed: 'the build changed before the call',
} as const;

/** Gives back a build that WRK was not asked about, to be claimed again at once. */
export function releaseBuild(
  build: ClaimedBuild,
  why: keyof typeof NOT_CALLED,
  decisionId: string,
): BuildDecision {
  return rescheduleBuild(build, { outcome: 'not_sent', detail: NOT_CALLED[why] }, 0, decisionId);
}
