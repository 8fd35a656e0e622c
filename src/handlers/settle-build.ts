import { decideLateAnswer, resumeClaim } from '../core/decide-late-answer.js';
import type { OrchestrationPolicy } from '../core/decide-next-step.js';
import { refuseTakenWorkflow } from '../core/decide-outcome.js';
import type { BuildDecision, Verdict } from '../core/decision.js';
import type { BuildFacts, ClaimedBuild } from '../core/facts.js';
import type { WrkAnswer } from '../core/wrk-answer.js';
import type { BuildReference } from '../ports/repository.js';

/** What settling needs of the world. */
export interface SettleShell {
  readonly commit: (decision: BuildDecision) => Promise<Verdict>;
  readonly reload: (build: BuildReference, waitMs: number | null) => Promise<BuildFacts | null>;
  readonly policy: OrchestrationPolicy;
  readonly newId: () => string;
  readonly lockWaitMs: number;
  /** Told of the decision that was written; `null`: the lease was lost, and only the ledger row was closed. */
  readonly onSettled: (build: ClaimedBuild, decision: BuildDecision | null) => void;
}

/** What WRK said, and how long it was waited for, in milliseconds. */
export interface Asked {
  readonly answer: WrkAnswer;
  readonly durationMs: number;
}

/** Times that an outcome is decided before it is left to the next claim. */
const ATTEMPTS = 3;

/**
 * Commits what was decided about a claimed build, and decides again while the facts move under it.
 *
 * WRK's answer is never lost: when the lease is gone, or the facts will not hold still, it is recorded in the ledger by
 * the call's own id, and whoever claims the build next goes on from there.
 */
export async function settleBuild(
  claimed: ClaimedBuild,
  first: BuildDecision,
  decideAgain: (build: ClaimedBuild) => BuildDecision,
  asked: Asked | null,
  shell: SettleShell,
): Promise<void> {
  const reference = { tenantId: claimed.tenantId, bindingId: claimed.binding.id };
  let build = claimed;
  let decision = first;
  for (let attempt = 1; ; attempt += 1) {
    // 1. Commit.
    const verdict = await shell.commit(decision);
    if (verdict === 'ok') {
      shell.onSettled(build, decision);
      return;
    }

    // 2. Load again; a build that is not this claim's any more only gets its ledger row closed.
    const now = await shell.reload(reference, verdict === 'busy' ? shell.lockWaitMs : null);
    const resumed = resumeClaim(claimed, now);
    if (!resumed || attempt === ATTEMPTS) {
      const context = asked && { decisionId: shell.newId(), durationMs: asked.durationMs };
      const late = context && decideLateAnswer(claimed, now, asked.answer, shell.policy, context);
      if (late) await shell.commit(late);
      shell.onSettled(claimed, null);
      return;
    }

    // 3. Decide again on what is true now.
    build = resumed;
    const taken = verdict === 'workflow_taken' ? decision.binding?.workflowId : null;
    decision = taken
      ? refuseTakenWorkflow(build, { workflowId: taken }, shell.policy, decision.id)
      : decideAgain(build);
  }
}
