import type { BuildDecision, Verdict } from '../build/decision.js';
import type { BuildFacts, ClaimedBuild } from '../build/facts.js';
import { decideLateAnswer, resumeClaim, unresolvedCalls } from './decide-late-answer.js';
import type { OrchestrationPolicy } from './orchestration-policy.js';
import { rescheduleMovingBuild } from './reschedule-build.js';
import type { WrkAnswer } from './wrk-answer.js';

/** What WRK said, and how long it was waited for, in milliseconds. */
export interface AnsweredCall {
  readonly answer: WrkAnswer;
  readonly durationMs: number;
}

/** What follows once a decision about a claimed build was given to the storage. */
export type AfterCommit =
  /** It is written. `unresolvedCalls` may have brought workflows that nobody hears of: read again, and report them. */
  | { readonly kind: 'done'; readonly unresolvedCalls: readonly string[] }
  /** Nothing is written: read the facts again, if `waits` after waiting for locked rows. */
  | { readonly kind: 'read_again'; readonly waits: boolean };

/** What follows once the facts were read again. */
export type AfterReload =
  /** `takenWorkflowId`: another build holds the workflow that the last decision wanted. */
  | { readonly kind: 'decide_again'; readonly build: ClaimedBuild; readonly takenWorkflowId: string | null }
  | {
      readonly kind: 'give_up';
      /** Closes the ledger row with what WRK said; `null`: there is nothing to record. */
      readonly lateAnswer: BuildDecision | null;
      /** Once the late answer is written: the calls whose workflows nobody may hear of. */
      readonly unresolvedCalls: readonly string[];
      /** Gives the build back to the queue; `null`: this claim holds it no longer. */
      readonly reschedule: BuildDecision | null;
    };

/** Times that an outcome is decided before it is left to the next claim. */
const MAX_DECISIONS = 3;

/** Decides what the storage's verdict means for the claim. */
export function decideAfterCommit(
  claimed: ClaimedBuild,
  decision: BuildDecision,
  verdict: Verdict,
): AfterCommit {
  if (verdict === 'ok') return { kind: 'done', unresolvedCalls: unresolvedCalls(claimed, decision) };
  return { kind: 'read_again', waits: verdict === 'busy' };
}

/**
 * Decides whether a claim whose decision was refused decides once more, or gives up.
 *
 * It gives up when the build is somebody else's by now, or when the facts would not hold still for the last of its
 * tries. WRK's answer is recorded either way, and the next claim continues from there.
 */
export function decideAfterReload(
  claimed: ClaimedBuild,
  refused: { readonly decision: BuildDecision; readonly verdict: Verdict; readonly decisions: number },
  now: BuildFacts | null,
  answered: AnsweredCall | null,
  policy: Pick<OrchestrationPolicy, 'channels'>,
  ids: { readonly lateAnswer: string; readonly reschedule: string },
): AfterReload {
  const build = resumeClaim(claimed, now);
  if (build && refused.decisions < MAX_DECISIONS) {
    const wanted = refused.decision.binding?.workflowId ?? null;
    return {
      kind: 'decide_again',
      build,
      takenWorkflowId: refused.verdict === 'workflow_taken' ? wanted : null,
    };
  }
  const lateAnswer = recordLateAnswer(claimed, now, answered, policy, ids.lateAnswer);
  return {
    kind: 'give_up',
    lateAnswer,
    // The race: somebody ends the pending build just now, on facts without this answer.
    unresolvedCalls: lateAnswer && now?.binding.status === 'pending' ? [claimed.call.id] : [],
    reschedule: build && rescheduleMovingBuild(build, answered !== null, ids.reschedule),
  };
}

/** The decision that records WRK's answer, whoever holds the build; `null` if WRK was not called or did not answer. */
export function recordLateAnswer(
  claimed: ClaimedBuild,
  now: BuildFacts | null,
  answered: AnsweredCall | null,
  policy: Pick<OrchestrationPolicy, 'channels'>,
  decisionId: string,
): BuildDecision | null {
  if (!answered) return null;
  const { answer, durationMs } = answered;
  return decideLateAnswer(claimed, now, answer, policy, { decisionId, durationMs });
}
