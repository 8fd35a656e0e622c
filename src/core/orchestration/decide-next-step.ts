import { readBlueprint } from '../blueprint/read-blueprint.js';
import type { BuildDecision } from '../build/decision.js';
import type { ClaimedBuild } from '../build/facts.js';
import { BUILD_IN_PROGRESS } from '../build/statuses.js';
import { answeredCalls, interruptions, recordedWorkflow, settlesInMs, unwaivedCalls } from './call-ledger.js';
import { releaseBuild } from './change-build.js';
import { completeBuild, failBuild } from './end-run.js';
import type { OrchestrationPolicy } from './orchestration-policy.js';
import type { WorkflowContent } from './workflow.js';

/** What a worker does with a build that it has just claimed. */
export type NextStep =
  | { readonly kind: 'call'; readonly content: WorkflowContent }
  /**
   * Ask WRK for the workflow of an earlier call first; only if there is none, call. For `settlesInMs` more milliseconds WRK
   * may still be making one.
   */
  | {
      readonly kind: 'look_up';
      readonly content: WorkflowContent;
      readonly settlesInMs: number;
    }
  | { readonly kind: 'commit'; readonly decision: BuildDecision };

/** Decides what a claimed build needs next. `decisionId` is made by the caller, and used only if a decision comes out. */
export function decideNextStep(
  build: ClaimedBuild,
  policy: OrchestrationPolicy,
  decisionId: string,
): NextStep {
  const fail = (
    reason: Parameters<typeof failBuild>[1]['reason'],
    detail: string,
    findings: readonly string[] = [],
    findingsInAll = findings.length,
  ): NextStep => {
    const failure = { reason, detail, findings, findingsInAll, outcome: 'not_sent' as const };
    return { kind: 'commit', decision: failBuild(build, failure, policy, decisionId) };
  };
  const { automationVersion, project } = build;
  const answered = answeredCalls(build);
  const outstanding = unwaivedCalls(build);

  // The answer was recorded, but not what follows from it: a commit failed half-way, or the lease was lost before it.
  // What follows is done from here, and WRK is not called again.
  const made = recordedWorkflow(build);
  if (made) return { kind: 'commit', decision: completeBuild(build, made, 'not_sent', policy, decisionId) };
  const rejected = answered.find((call) => call.outcome === 'rejected');
  if (rejected) {
    return fail(
      'blueprint_rejected',
      `WRK rejected the blueprint at call ${rejected.number}`,
      rejected.findings,
    );
  }
  if (!automationVersion || automationVersion.status !== BUILD_IN_PROGRESS) {
    const status = automationVersion ? `is “${automationVersion.status}”` : 'no longer exists';
    return fail(
      'not_buildable',
      `the automation version ${status}; it must be “${BUILD_IN_PROGRESS}” to be built`,
    );
  }
  if (!project) return fail('not_buildable', 'the automation version no longer belongs to a project');

  const blueprint = readBlueprint(automationVersion, policy.blueprint, policy.blueprintLimits);
  if (blueprint.isErr()) {
    const { findings, findingsInAll } = blueprint.error;
    const lines = findings.map(({ path, message }) => (path ? `${path}: ${message}` : message));
    return fail('invalid_blueprint', 'the blueprint is no longer complete', lines, findingsInAll);
  }
  const content = { automationName: automationVersion.automationName, blueprintJson: blueprint.value.json };
  if (interruptions(build) > policy.retry.maxInterruptions) {
    return fail(
      'interrupted_too_often',
      `${interruptions(build)} calls of this run were interrupted before their answer was recorded`,
    );
  }
  if (answered.length > policy.retry.maxRetries) {
    return fail(
      'wrk_api_error',
      `all ${answered.length} calls of this run have been made, and the last answer came too late to end it`,
    );
  }
  if (outstanding.length === 0) return { kind: 'call', content };

  // Other bytes than those of a call that may have made a workflow might make a second one. Ops who asked for another run
  // since then know of the edit; where WRK can be asked, it is.
  const maybeAsked = policy.duplicates.by === 'lookup';
  const edited = outstanding.filter((call) => call.contentHash !== build.contentHash);
  if (edited.some((call) => !maybeAsked || call.run === build.binding.run)) {
    return fail(
      'outcome_unknown',
      'the blueprint or the name was edited after a call that may have created the workflow',
    );
  }
  switch (policy.duplicates.by) {
    case 'idempotency-key':
      return { kind: 'call', content };
    case 'lookup':
      return {
        kind: 'look_up',
        content,
        settlesInMs: settlesInMs(build, policy.duplicates.settleMs),
      };
    case 'nothing':
      return policy.duplicates.onUnknownOutcome === 'retry'
        ? { kind: 'call', content }
        : fail(
            'outcome_unknown',
            'an earlier call may have created the workflow, and WRK offers no way to find out',
          );
  }
}

/** A step that needed no call, decided on newer facts: if these ask for a call, the build goes back for another claim. */
export function decideWithoutCall(
  build: ClaimedBuild,
  policy: OrchestrationPolicy,
  decisionId: string,
): BuildDecision {
  const step = decideNextStep(build, policy, decisionId);
  return step.kind === 'commit' ? step.decision : releaseBuild(build, 'facts_changed', decisionId);
}
