import type { ClaimedBuild } from '../core/build/facts.js';
import { type CircuitBreakerReport, reportOfCall } from '../core/circuit-breaker/answer-meaning.js';
import { decideNextStep, decideWithoutCall, type NextStep } from '../core/orchestration/decide-next-step.js';
import { decideOutcome } from '../core/orchestration/decide-outcome.js';
import type { OrchestrationPolicy } from '../core/orchestration/orchestration-policy.js';
import { releaseBuild } from '../core/orchestration/reschedule-build.js';
import { idempotencyKey, workflowRequestBody } from '../core/orchestration/workflow-request.js';
import { answerOfLookup, type WrkAnswer } from '../core/orchestration/wrk-answer.js';
import type { WrkPlatformClient } from '../ports/wrk-platform-client.js';
import type { Runtime } from '../runtime/runtime.js';
import { type CommitOutcomeDeps, commitOutcome } from './commit-outcome.js';

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

/**
 * Carries one claimed build one step further. No transaction or connection is held while WRK is asked.
 *
 * `signal` aborts when the process stops or the lease could not be kept.
 */
export async function runOrchestration(
  build: ClaimedBuild,
  deps: OrchestrationDeps,
  signal: AbortSignal,
): Promise<void> {
  const decisionId = deps.newId();

  // 1. Decide the next step; some need no call.
  const step = decideNextStep(build, deps.policy, decisionId);
  if (step.kind === 'commit') {
    await commitOutcome(
      build,
      step.decision,
      (again) => decideWithoutCall(again, deps.policy, decisionId),
      null,
      deps,
    );
    await deps.reportToCircuitBreaker({ build, answer: null });
    return;
  }
  if (signal.aborted) {
    const release = (again: ClaimedBuild) => releaseBuild(again, 'stopped', decisionId);
    await commitOutcome(build, release(build), release, null, deps);
    await deps.reportToCircuitBreaker({ build, answer: null });
    return;
  }

  // 2. Ask WRK.
  const startedAt = deps.monotonicMs();
  const answer = await askWrk(build, step, deps, signal);
  const durationMs = deps.monotonicMs() - startedAt;
  deps.onAnswer(build, answer, durationMs);

  // 3. Decide what the answer means, and commit.
  const context = { decisionId, random: deps.random(), durationMs };
  const decide = (again: ClaimedBuild) => decideOutcome(again, answer, deps.policy, context);
  await commitOutcome(build, decide(build), decide, { answer, durationMs }, deps);

  // 4. Tell the breaker.
  await deps.reportToCircuitBreaker(reportOfCall(build, answer, signal.aborted));
}

async function askWrk(
  build: ClaimedBuild,
  step: Exclude<NextStep, { kind: 'commit' }>,
  { wrk, hash }: OrchestrationDeps,
  signal: AbortSignal,
): Promise<WrkAnswer> {
  const { tenantId, binding } = build;
  const question = { tenantId, reference: binding.id, requestId: binding.requestId, signal };
  if (step.kind === 'look_up') {
    const found = answerOfLookup(await wrk.findWorkflow(question));
    if (found) return found;
  }
  const body = workflowRequestBody(tenantId, step.automationVersion);
  const key = idempotencyKey(binding, hash(body));
  return wrk.createWorkflow({ ...question, body, idempotencyKey: key, callId: build.call.id });
}
