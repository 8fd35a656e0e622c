import type { BuildDecision, Verdict } from '../core/build/decision.js';
import type { BuildFacts, ClaimedBuild } from '../core/build/facts.js';
import {
  decideLateAnswer,
  decideUnresolvedWorkflows,
  resumeClaim,
  unresolvedCalls,
} from '../core/orchestration/decide-late-answer.js';
import { refuseTakenWorkflow } from '../core/orchestration/decide-outcome.js';
import type { OrchestrationPolicy } from '../core/orchestration/orchestration-policy.js';
import { rescheduleMovingBuild } from '../core/orchestration/reschedule-build.js';
import type { WrkAnswer } from '../core/orchestration/wrk-answer.js';
import type { BuildReference } from '../ports/repository.js';

/** What settling needs. */
export interface SettleDeps {
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
 * WRK's answer is never lost: when the lease is gone, the facts will not hold still, or the commit fails, it is recorded
 * in the ledger by the call's own id, and whoever claims the build next goes on from there.
 */
export async function settleBuild(
  claimed: ClaimedBuild,
  first: BuildDecision,
  decideAgain: (build: ClaimedBuild) => BuildDecision,
  asked: Asked | null,
  deps: SettleDeps,
): Promise<void> {
  const reload = (waitMs: number | null) =>
    deps.reload({ tenantId: claimed.tenantId, bindingId: claimed.binding.id }, waitMs);
  let build = claimed;
  let decision = first;

  // 1. Before a run ends in error, hear those that were cut off: what they brought meanwhile is in the ledger alone.
  if (unresolvedCalls(claimed, first).length > 0) {
    build = resumeClaim(claimed, await reload(null)) ?? claimed;
    decision = decideAgain(build);
  }
  for (let attempt = 1; ; attempt += 1) {
    // 2. Commit. A failure changes nothing of what WRK has said.
    const verdict = await deps.commit(decision).catch(async (problem: unknown) => {
      await record(claimed, claimed, asked, deps).catch(() => {});
      throw problem;
    });
    if (verdict === 'ok') {
      const unresolved = unresolvedCalls(claimed, decision);
      if (unresolved.length > 0)
        await reportUnresolvedWorkflows(claimed, await reload(null), unresolved, deps);
      deps.onSettled(build, decision);
      return;
    }

    // 3. Load again; a build that is not this claim's any more only gets its ledger row closed.
    const now = await reload(verdict === 'busy' ? deps.lockWaitMs : null);
    const resumed = resumeClaim(claimed, now);
    if (!resumed || attempt === ATTEMPTS) {
      const recorded = await record(claimed, now, asked, deps);
      if (recorded && now?.binding.status === 'pending')
        await reportUnresolvedWorkflows(claimed, await reload(null), [claimed.call.id], deps);
      deps.onSettled(build, resumed && (await reschedule(resumed, asked, deps)));
      return;
    }

    // 4. Decide again on what is true now.
    build = resumed;
    const taken = verdict === 'workflow_taken' ? decision.binding?.workflowId : null;
    decision = taken
      ? refuseTakenWorkflow(build, { workflowId: taken }, deps.policy, decision.id)
      : decideAgain(build);
  }
}

/** Closes the ledger row with what WRK said, whoever holds the build; says whether there was anything to record. */
async function record(
  claimed: ClaimedBuild,
  now: BuildFacts | null,
  asked: Asked | null,
  deps: SettleDeps,
): Promise<boolean> {
  const context = asked && { decisionId: deps.newId(), durationMs: asked.durationMs };
  const late = context && decideLateAnswer(claimed, now, asked.answer, deps.policy, context);
  if (late) await deps.commit(late);
  return late !== null;
}

/** The facts would not hold still. `null`: not even this could be written. */
async function reschedule(
  build: ClaimedBuild,
  asked: Asked | null,
  deps: SettleDeps,
): Promise<BuildDecision | null> {
  const decision = rescheduleMovingBuild(build, asked !== null, deps.newId());
  return (await deps.commit(decision)) === 'ok' ? decision : null;
}

async function reportUnresolvedWorkflows(
  claimed: ClaimedBuild,
  now: BuildFacts | null,
  callIds: readonly string[],
  deps: SettleDeps,
): Promise<void> {
  const decision = decideUnresolvedWorkflows(claimed, now, callIds, deps.policy, deps.newId());
  if (decision) await deps.commit(decision);
}
