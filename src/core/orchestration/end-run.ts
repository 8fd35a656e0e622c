import { checklistProgress } from '../blueprint/checklist.js';
import type { BuildDecision } from '../build/decision.js';
import type { BuildErrorReason } from '../build/errors.js';
import type { BuildFacts, CallOutcome, ClaimedBuild } from '../build/facts.js';
import type { OutgoingMessage } from '../build/messages.js';
import { BUILD_IN_PROGRESS, QA_AND_TESTING } from '../build/statuses.js';
import {
  type NotificationContext,
  notificationContext,
  notificationMessages,
} from '../notifications/notification-plan.js';
import { closeCall, followUpInMs, mayHaveMadeAnother } from './call-ledger.js';
import { nextBinding, unchanged } from './change-build.js';
import type { OrchestrationPolicy } from './orchestration-policy.js';

/** A workflow as WRK holds it. */
export interface Workflow {
  readonly workflowId: string;
  readonly workflowUrl: string;
}

/** A build whose version and project can take its workflow. */
export interface CompletableBuild extends BuildFacts {
  readonly automationVersion: NonNullable<BuildFacts['automationVersion']>;
  readonly project: NonNullable<BuildFacts['project']>;
}

/** What the end of a run depends on. */
export type EndPolicy = Pick<OrchestrationPolicy, 'channels' | 'duplicates'>;

/** Whether the version is still being built, and belongs to a project. */
export function isCompletable(build: BuildFacts): build is CompletableBuild {
  return build.automationVersion?.status === BUILD_IN_PROGRESS && build.project !== null;
}

/**
 * The change that completes a build, by worker or by command: flow 22, row for row. Of a call that may have made a second
 * workflow, ops are told at once where WRK cannot be asked.
 */
export function completion(
  build: CompletableBuild,
  { workflowId, workflowUrl }: Workflow,
  policy: EndPolicy,
  decisionId: string,
): BuildDecision {
  const { automationVersion, binding, checklist, tenantId } = build;
  const workflow = { workflowId, workflowUrl };
  const finished = new Set(
    checklist
      .filter((task) => task.category === 'integration' && task.status !== 'complete')
      .map((task) => task.id),
  );
  const after = checklist.map((task) => (finished.has(task.id) ? { status: 'complete' } : task));
  const inDoubt = mayHaveMadeAnother(build, 'created', policy.duplicates);
  const followUp = inDoubt ? followUpInMs(policy.duplicates) : null;
  const others = otherWorkflows(build, workflow);
  return {
    ...unchanged(build, decisionId),
    automationVersionStatus: QA_AND_TESTING,
    project: { status: QA_AND_TESTING, checklistProgress: checklistProgress(after) },
    binding: nextBinding(binding, {
      status: 'active',
      errorReason: null,
      followUpInMs: followUp,
      ...workflow,
    }),
    setTasks: [...finished].map((taskId) => ({ taskId, status: 'complete' })),
    audit: {
      tenantId,
      userId: null,
      actionType: 'build_complete',
      resourceType: 'automation_version',
      resourceId: automationVersion.id,
      metadata: { workflow_id: workflowId },
    },
    messages: [
      ...notificationMessages('complete', notificationContext(build, { workflowUrl }), policy.channels),
      ...(inDoubt && followUp === null && others.length === 0
        ? unknownMessages(build, policy)
        : unboundMessages(others, notificationContext(build, {}), policy)),
    ],
  };
}

/**
 * Ends a claimed build with its workflow.
 *
 * A version that was archived while WRK worked is not brought back: its build ends as an error that keeps the
 * workflow's id, and the ops team is notified, so that no workflow goes unnoticed.
 */
export function completeBuild(
  build: ClaimedBuild,
  { workflowId, workflowUrl }: Workflow,
  outcome: CallOutcome,
  policy: EndPolicy,
  decisionId: string,
): BuildDecision {
  const workflow = { workflowId, workflowUrl };
  const closing = closeCall(build, outcome, 'WRK has the workflow', workflow);
  if (isCompletable(build)) return { ...completion(build, workflow, policy, decisionId), closeCall: closing };
  const failure = {
    reason: 'not_buildable' as const,
    detail: `WRK created workflow ${workflowId}, but the version can no longer use it: delete it in WRK, or move the version back to “${BUILD_IN_PROGRESS}” and adopt it`,
    findings: [],
    outcome,
  };
  const failed = failBuild(build, failure, policy, decisionId);
  const context = notificationContext(build, { errorReason: failure.reason });
  const unbound = [workflow, ...otherWorkflows(build, workflow)];
  return {
    ...failed,
    closeCall: closing,
    messages: [...failed.messages, ...unboundMessages(unbound, context, policy)],
  };
}

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
  policy: EndPolicy,
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
  // A conflict is about a workflow of somebody else: WRK would name it again.
  const isFollowedUp =
    reason !== 'workflow_conflict' && mayHaveMadeAnother(build, outcome, policy.duplicates);
  return {
    ...unchanged(build, decisionId),
    project: project && { status: null, checklistProgress: checklistProgress(checklist) },
    binding: nextBinding(binding, {
      status: 'error',
      errorReason: reason,
      errorDetails,
      followUpInMs: isFollowedUp ? followUpInMs(policy.duplicates) : null,
    }),
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

/** A workflow that the ledger knows of. */
interface RecordedWorkflow {
  readonly workflowId: string;
  readonly workflowUrl: string | null;
}

/** What the ledger knows besides the workflow at hand: where nothing prevents duplicates, calls may have made several. */
function otherWorkflows({ calls }: BuildFacts, { workflowId }: Workflow): readonly RecordedWorkflow[] {
  return calls.flatMap((call) =>
    call.workflowId !== null && call.workflowId !== workflowId
      ? [{ workflowId: call.workflowId, workflowUrl: call.workflowUrl }]
      : [],
  );
}

/** Tells ops of all workflows that no build holds in one notification; its address is that of the first. */
export function unboundMessages(
  workflows: readonly RecordedWorkflow[],
  context: NotificationContext,
  { channels }: Pick<OrchestrationPolicy, 'channels'>,
): readonly OutgoingMessage[] {
  const [first] = workflows;
  if (!first) return [];
  const errorDetails = workflows.map(({ workflowId }) => workflowId);
  const about = { ...context, workflowUrl: first.workflowUrl, errorDetails };
  return notificationMessages('workflow_unbound', about, channels);
}

/** Tells ops of a call whose outcome stays unknown: only in WRK can it be seen whether it made a workflow. */
export function unknownMessages(
  build: BuildFacts,
  { channels }: Pick<OrchestrationPolicy, 'channels'>,
): readonly OutgoingMessage[] {
  const context = notificationContext(build, { errorReason: 'outcome_unknown' });
  return notificationMessages('workflow_unbound', context, channels);
}
