import type { BuildDecision, Refusal, Verdict } from '../core/build/decision.js';
import type { BuildFacts, ClaimedBuild } from '../core/build/facts.js';
import { type CircuitBreakerReport, reportOfCall } from '../core/circuit-breaker/answer-meaning.js';
import { releaseBuild } from '../core/orchestration/change-build.js';
import {
  type AnsweredCall,
  decideAfterCommit,
  decideAfterReload,
  decideUnresolvedWorkflows,
  recordLateAnswer,
  resumeClaim,
  unresolvedCalls,
} from '../core/orchestration/decide-after-commit.js';
import { decideAfterRefusal, type FormedOutcome } from '../core/orchestration/decide-after-refusal.js';
import { decideNextStep, decideWithoutCall, type NextStep } from '../core/orchestration/decide-next-step.js';
import { decideOutcome, readWrkAnswer, refuseTakenWorkflow } from '../core/orchestration/decide-outcome.js';
import type { OrchestrationPolicy } from '../core/orchestration/orchestration-policy.js';
import { idempotencyKey, workflowRequestBody } from '../core/orchestration/workflow.js';
import { answerOfLookup, type WrkAnswer } from '../core/orchestration/wrk-answer.js';
import type { BuildReference } from '../ports/repository.js';
import type { WrkPlatformClient } from '../ports/wrk-platform-client.js';
import type { Runtime } from '../runtime/runtime.js';

/** What the handler needs. */
export interface OrchestrationDeps
  extends CommitOutcomeDeps,
    Pick<Runtime, 'newId' | 'random' | 'monotonicMs'> {
  readonly wrk: WrkPlatformClient;
  readonly policy: OrchestrationPolicy;
  readonly hash: (body: string) => string;
  /** Told of each answer and how long it took, in milliseconds. */
  readonly onAnswer: (build: ClaimedBuild, answer: WrkAnswer, durationMs: number) => void;
  /** Tells the circuit breaker, once the outcome is committed. It never rejects. */
  readonly reportToCircuitBreaker: (report: CircuitBreakerReport) => Promise<void>;
}

/** The claim's hold on its build. */
export interface Hold {
  /** Aborts when the process stops or the lease could not be kept. */
  readonly signal: AbortSignal;
  /** Asked right before each request to WRK: whether enough of the lease is left. */
  readonly mayBegin: () => boolean;
}

/** Carries one claimed build one step further. No transaction or connection is held while WRK is asked. */
export async function runOrchestration(
  build: ClaimedBuild,
  deps: OrchestrationDeps,
  hold: Hold,
): Promise<void> {
  const decisionId = deps.newId();

  // 1. Decide the next step; some need no call.
  const step = decideNextStep(build, deps.policy, decisionId);
  if (step.kind === 'commit') {
    const decide = (again: ClaimedBuild) => decideWithoutCall(again, deps.policy, decisionId);
    await commitOutcome(build, step.decision, decide, null, deps);
    await deps.reportToCircuitBreaker({ build, answer: null });
    return;
  }
  if (hold.signal.aborted) {
    const release = (again: ClaimedBuild) => releaseBuild(again, 'stopped', decisionId);
    await commitOutcome(build, release(build), release, null, deps);
    await deps.reportToCircuitBreaker({ build, answer: null });
    return;
  }

  // 2. Ask WRK.
  const startedAt = deps.monotonicMs();
  const [asked] = await Promise.allSettled([askWrk(build, step, deps, hold)]);
  const answer = readWrkAnswer(asked, hold.signal.aborted);
  const durationMs = deps.monotonicMs() - startedAt;
  deps.onAnswer(build, answer, durationMs);

  // 3. Decide what the answer means, and commit.
  const context = { decisionId, random: deps.random(), durationMs };
  const decide = (again: ClaimedBuild) => decideOutcome(again, answer, deps.policy, context);
  await commitOutcome(build, decide(build), decide, { answer, durationMs }, deps);

  // 4. Tell the breaker.
  await deps.reportToCircuitBreaker(reportOfCall(build, answer, hold.signal.aborted));
}

async function askWrk(
  build: ClaimedBuild,
  step: Exclude<NextStep, { kind: 'commit' }>,
  { wrk, hash }: OrchestrationDeps,
  { signal, mayBegin }: Hold,
): Promise<WrkAnswer> {
  const { tenantId, binding } = build;
  const question = { tenantId, reference: binding.id, requestId: binding.requestId, signal, mayBegin };
  if (step.kind === 'look_up') {
    const lookup = await wrk.findWorkflow({ ...question, besides: null });
    const found = answerOfLookup(lookup, { mayBegin: mayBegin(), settlesInMs: step.settlesInMs });
    if (found) return found;
  }
  const body = workflowRequestBody(tenantId, step.content);
  const key = idempotencyKey(binding, hash(body));
  return wrk.createWorkflow({ ...question, body, idempotencyKey: key, callId: build.call.id });
}

/** What a commit of an outcome needs. */
interface CommitOutcomeDeps {
  readonly commit: (decision: BuildDecision) => Promise<Verdict>;
  readonly reload: (build: BuildReference, waitMs: number | null) => Promise<BuildFacts | null>;
  readonly policy: OrchestrationPolicy;
  readonly newId: () => string;
  readonly lockWaitMs: number;
  /** Whether the build may take a workflow that another one holds after all: see `giveWay`. */
  readonly freeWorkflow: (workflowId: string) => Promise<boolean>;
  /** Told of the decision that was written; `null`: the lease was lost, and only the ledger row was closed. */
  readonly onCommitted: (build: ClaimedBuild, decision: BuildDecision | null) => void;
}

/**
 * Commits what was decided about a claimed build, and decides again while the facts move under it.
 *
 * WRK's answer is never lost: when the lease is gone, the facts will not hold still, or the commit fails, it is recorded
 * in the ledger by the call's own id, and whoever claims the build next goes on from there.
 */
async function commitOutcome(
  claimed: ClaimedBuild,
  first: BuildDecision,
  decideAgain: (build: ClaimedBuild) => BuildDecision,
  answered: AnsweredCall | null,
  deps: CommitOutcomeDeps,
): Promise<void> {
  const reload = (waitMs: number | null) =>
    deps.reload({ tenantId: claimed.tenantId, bindingId: claimed.binding.id }, waitMs);
  const commit = (decided: BuildDecision) => commitWritable(claimed, decided, deps);
  const report = async (callIds: readonly string[]) => {
    if (callIds.length === 0) return;
    const now = await reload(null);
    const unresolved = decideUnresolvedWorkflows(claimed, now, callIds, deps.policy, deps.newId());
    if (unresolved) await commit(unresolved);
  };
  const keepAnswer = async (problem: unknown): Promise<never> => {
    const late = recordLateAnswer(claimed, claimed, answered, deps.policy, deps.newId());
    if (late) await commit(late).catch(() => {});
    throw problem;
  };
  let build = claimed;
  let decision = first;

  // 1. Before a run ends in error, hear those that were cut off: what they brought meanwhile is in the ledger alone.
  if (unresolvedCalls(claimed, first).length > 0) {
    // What cannot be read changes nothing of what WRK has said: that is committed all the same.
    build = resumeClaim(claimed, await reload(null).catch(() => null)) ?? claimed;
    decision = decideAgain(build);
  }
  for (let decisions = 1; ; decisions += 1) {
    // 2. Commit. A failure changes nothing of what WRK has said.
    const committed = await commit(decision).catch(keepAnswer);
    decision = committed.decision;
    const next = decideAfterCommit(claimed, decision, committed.verdict);
    if (next.kind === 'done') {
      await report(next.unresolvedCalls);
      return deps.onCommitted(build, decision);
    }

    // 3. What a person typed elsewhere gives way to WRK's answer.
    const wanted = next.takenWorkflowId;
    const isHeld = wanted !== null && !(await deps.freeWorkflow(wanted).catch(keepAnswer));

    // 4. Load again.
    const now = await reload(next.waits ? deps.lockWaitMs : null);

    // 5. Decide again on what is true now, or give up and keep what WRK said.
    const ids = { lateAnswer: deps.newId(), reschedule: deps.newId() };
    const then = decideAfterReload(claimed, decisions, now, answered, deps.policy, ids);
    if (then.kind === 'give_up') {
      if (then.lateAnswer) await commit(then.lateAnswer);
      await report(then.unresolvedCalls);
      const { reschedule } = then;
      const last = reschedule && (await commit(reschedule));
      return deps.onCommitted(build, last?.verdict === 'ok' ? last.decision : null);
    }
    build = then.build;
    decision = isHeld
      ? refuseTakenWorkflow(build, { workflowId: wanted }, deps.policy, decision.id)
      : decideAgain(build);
  }
}

/** Commits a decision, in ever smaller form while the storage refuses it for good. Throws if it refuses even the smallest. */
async function commitWritable(
  claimed: ClaimedBuild,
  decision: BuildDecision,
  { commit, policy }: CommitOutcomeDeps,
): Promise<{ readonly decision: BuildDecision; readonly verdict: Exclude<Verdict, Refusal> }> {
  let outcome: FormedOutcome | null = { form: 'whole', decision };
  for (;;) {
    const verdict = await commit(outcome.decision);
    if (typeof verdict === 'string') return { decision: outcome.decision, verdict };
    outcome = decideAfterRefusal(claimed, outcome, verdict, policy);
    if (!outcome) throw new Error(`The outcome cannot be stored in any form. ${verdict.message}`);
  }
}
