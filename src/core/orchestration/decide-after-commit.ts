import type { BuildDecision, Verdict } from '../build/decision.js';
import type { BuildFacts, CallOutcome, ClaimedBuild } from '../build/facts.js';
import { notificationContext, notificationMessages } from '../notifications/notification-plan.js';
import { closeCall, openCalls, recordAnswer } from './call-ledger.js';
import { rescheduleMovingBuild, unguarded } from './change-build.js';
import { workflowOfWrk } from './decide-give-way.js';
import { unboundMessages } from './end-run.js';
import type { OrchestrationPolicy } from './orchestration-policy.js';
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
  /**
   * Nothing is written: read the facts again, if `waits` after waiting for locked rows. `takenWorkflowId`: another build
   * holds the workflow that the decision wanted.
   */
  | { readonly kind: 'read_again'; readonly waits: boolean; readonly takenWorkflowId: string | null };

/** What follows once the facts were read again. */
export type AfterReload =
  | { readonly kind: 'decide_again'; readonly build: ClaimedBuild }
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
  const takenWorkflowId = verdict === 'workflow_taken' ? workflowOfWrk(decision) : null;
  return { kind: 'read_again', waits: verdict === 'busy', takenWorkflowId };
}

/**
 * Decides whether a claim whose decision was refused decides once more, or gives up.
 *
 * It gives up when the build is somebody else's by now, or when the facts would not hold still for the last of its
 * tries. WRK's answer is recorded either way, and the next claim continues from there.
 */
export function decideAfterReload(
  claimed: ClaimedBuild,
  decisions: number,
  now: BuildFacts | null,
  answered: AnsweredCall | null,
  policy: Pick<OrchestrationPolicy, 'channels'>,
  ids: { readonly lateAnswer: string; readonly reschedule: string },
): AfterReload {
  const build = resumeClaim(claimed, now);
  if (build && decisions < MAX_DECISIONS) return { kind: 'decide_again', build };
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

/** The build as it stands now, if this claim still holds it; `null` when its lease went to somebody else. */
export function resumeClaim(claimed: ClaimedBuild, now: BuildFacts | null): ClaimedBuild | null {
  if (now?.binding.fence !== claimed.binding.fence || now.binding.status !== 'pending') return null;
  return { ...now, call: claimed.call, calls: now.calls.filter((call) => call.id !== claimed.call.id) };
}

/**
 * Decides what becomes of an answer whose claim is lost: only the ledger row is closed, by its own id.
 *
 * While the build is pending, the next claim finds the recorded answer. Once it has ended without this workflow,
 * nothing would ever read the answer, so the ops team is notified.
 */
export function decideLateAnswer(
  claimed: ClaimedBuild,
  now: BuildFacts | null,
  answer: WrkAnswer,
  policy: Pick<OrchestrationPolicy, 'channels'>,
  { decisionId, durationMs }: { readonly decisionId: string; readonly durationMs: number },
): BuildDecision | null {
  const workflow = workflowOf(answer, claimed.binding.id);
  const outcome = outcomeOf(answer, workflow);
  if (outcome === null) return null;
  const bound = now?.binding.status === 'pending' || now?.binding.workflowId === workflow.workflowId;
  return {
    ...unguarded(claimed, decisionId),
    closeCall: recordAnswer(
      closeCall(
        claimed,
        outcome,
        'detail' in answer ? answer.detail : 'WRK answered after the lease was lost',
        {
          ...workflow,
          findings: answer.kind === 'rejected' ? answer.findings : [],
        },
      ),
      answer,
      durationMs,
    ),
    messages:
      workflow.workflowId === null || bound
        ? []
        : notificationMessages(
            'workflow_unbound',
            notificationContext(claimed, { workflowUrl: workflow.workflowUrl }),
            policy.channels,
          ),
  };
}

/**
 * The calls of earlier claims that nobody listens to any more once this decision is written: those that were cut off, where
 * it ends the run in error. What they bring is in the ledger alone.
 */
export function unresolvedCalls(claimed: ClaimedBuild, decision: BuildDecision): readonly string[] {
  return decision.binding?.status === 'error' ? openCalls(claimed).map(({ id }) => id) : [];
}

/**
 * Tells ops of workflows that these calls brought, once the build has ended without them.
 *
 * The race: an answer is recorded while the build is pending, and just then somebody ends it on facts without that
 * answer. Each of the two looks again after its own write, so that the later one sees what the other has written.
 */
export function decideUnresolvedWorkflows(
  claimed: ClaimedBuild,
  now: BuildFacts | null,
  callIds: readonly string[],
  policy: Pick<OrchestrationPolicy, 'channels'>,
  decisionId: string,
): BuildDecision | null {
  if (!now || now.binding.status === 'pending') return null;
  const unresolved = now.calls.flatMap(({ id, workflowId, workflowUrl }) =>
    callIds.includes(id) && workflowId !== null && workflowId !== now.binding.workflowId
      ? [{ workflowId, workflowUrl }]
      : [],
  );
  if (unresolved.length === 0) return null;
  // Under the fence as it is now, so that the two of them send one message.
  const context = notificationContext({ ...claimed, binding: now.binding }, {});
  return { ...unguarded(claimed, decisionId), messages: unboundMessages(unresolved, context, policy) };
}

/** What an answer says about the existence of a workflow; `null`: nothing was answered, the row stays open. */
function outcomeOf(answer: WrkAnswer, own: ReturnType<typeof workflowOf>): CallOutcome | null {
  switch (answer.kind) {
    case 'created':
    case 'rejected':
      return answer.kind;
    case 'not_begun':
      return 'not_sent';
    case 'access_denied':
    case 'not_now':
    case 'not_sent':
      return 'refused';
    case 'already_exists':
      return own.workflowId !== null && own.workflowUrl !== null ? 'created' : 'unknown';
    case 'api_error':
    case 'network_failure':
    case 'unusable':
      return 'unknown';
    case 'aborted':
      return null;
  }
}

/** The workflow that the answer names as this build's own. */
function workflowOf(answer: WrkAnswer, bindingId: string) {
  const ours =
    answer.kind === 'created' || (answer.kind === 'already_exists' && answer.reference === bindingId);
  return ours
    ? { workflowId: answer.workflowId, workflowUrl: answer.workflowUrl }
    : { workflowId: null, workflowUrl: null };
}
