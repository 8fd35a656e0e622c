import { checklistProgress } from '../blueprint/checklist.js';
import type { BuildDecision } from '../build/decision.js';
import type { BuildErrorReason } from '../build/errors.js';
import type { CallOutcome, ClaimedBuild } from '../build/facts.js';
import { notificationContext, notificationMessages } from '../notifications/notification-plan.js';
import { closeCall } from './call-ledger.js';
import { nextBinding, unchanged } from './change-build.js';
import type { OrchestrationPolicy } from './orchestration-policy.js';

/** Why and how a run ended without a workflow. */
export interface BuildFailure {
  readonly reason: BuildErrorReason;
  /** One line for ops. */
  readonly detail: string;
  /** What is wrong with the blueprint, by us or by WRK. */
  readonly findings: readonly string[];
  /** How the call of this claim ended. */
  readonly outcome: CallOutcome;
}

/** WRK may list a thousand findings; the binding keeps so many. */
const MAX_FINDINGS = 50;

/**
 * Ends a run: the binding stores the reason, version and project stay `Build in Progress`, and the ops team is notified
 * once.
 */
export function failBuild(
  build: ClaimedBuild,
  { reason, detail, findings, outcome }: BuildFailure,
  policy: Pick<OrchestrationPolicy, 'channels'>,
  decisionId: string,
): BuildDecision {
  const { binding, project, checklist, tenantId } = build;
  const calls = [...build.calls, { run: binding.run, outcome }];
  const kept = findings.slice(0, MAX_FINDINGS);
  const errorDetails = {
    detail,
    findings: kept,
    findings_in_all: findings.length,
    calls: calls.filter((call) => call.run === binding.run && call.outcome !== 'not_sent').length,
  };
  const context = notificationContext(build, { errorReason: reason, errorDetails: [detail, ...findings] });
  return {
    ...unchanged(build, decisionId),
    project: project && { status: null, checklistProgress: checklistProgress(checklist) },
    binding: nextBinding(binding, { status: 'error', errorReason: reason, errorDetails }),
    closeCall: closeCall(build, outcome, detail, { findings: kept }),
    audit: {
      tenantId,
      userId: null,
      actionType: 'build_failed',
      resourceType: 'automation_version',
      resourceId: build.automationVersionId,
      metadata: {
        binding_id: binding.id,
        run: binding.run,
        error_reason: reason,
        request_id: binding.requestId,
      },
    },
    messages: notificationMessages('failed', context, policy.channels),
  };
}
