import { checklistProgress } from '../blueprint/checklist.js';
import type { BuildDecision } from '../build/decision.js';
import type { BuildErrorReason } from '../build/errors.js';
import type { BuildFacts, ChecklistTaskFacts } from '../build/facts.js';
import { BUILD_IN_PROGRESS, QA_AND_TESTING } from '../build/statuses.js';
import { notificationContext, notificationMessages } from '../notifications/notification-plan.js';
import { followUpInMs, mayHaveMadeAnother } from './call-ledger.js';
import { nextBinding, statusBefore, unchanged } from './change-build.js';
import type { EndPolicy } from './end-run.js';

/** Where a version may start from, and what the end of a run depends on. */
export interface AdoptionPolicy extends EndPolicy {
  readonly startableStatuses: readonly string[];
}

/** Why a build loses the workflow that a person gave it. */
export type EndOfAdoption = Extract<BuildErrorReason, 'adoption_superseded' | 'adoption_undone'>;

/** What the audit log keeps of it. */
export interface AdoptionEnded {
  readonly decision: BuildDecision;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Whether WRK itself has named the workflow as one of this build's. */
export function isNamedByWrk({ calls }: Pick<BuildFacts, 'calls'>, workflowId: string | null): boolean {
  return calls.some((call) => call.workflowId !== null && call.workflowId === workflowId);
}

/** Whether the build has its workflow from a person alone: WRK may have named it for this build since. */
export function holdsAdopted(build: BuildFacts): boolean {
  const { status, adoption, workflowId } = build.binding;
  return status === 'active' && adoption !== null && !isNamedByWrk(build, workflowId);
}

/**
 * The change that takes an adopted workflow from its build, which becomes a failed one: it can be retried, adopted anew or
 * cancelled. Version and project go back to where a failed build leaves them, and a version whose project builds another one
 * by now to where it was before the request. What the host has moved on meanwhile stays where it is.
 *
 * The tasks that the adoption completed get the statuses they had, unless somebody has changed them since. Whoever was told
 * that the build is complete is told that it is open again, of nothing else.
 */
export function endAdoption(
  build: BuildFacts,
  reason: EndOfAdoption,
  policy: AdoptionPolicy,
  decisionId: string,
): AdoptionEnded {
  const { automationVersion, project, checklist, buildingSiblingIds } = build;
  const { workflowId, cameFromVersionStatus } = build.binding;
  const isInQa = automationVersion?.status === QA_AND_TESTING;
  const goesBack = isInQa && buildingSiblingIds.length === 0;
  const before = isInQa ? statusBefore(cameFromVersionStatus, policy.startableStatuses) : null;
  const versionStatus = goesBack ? BUILD_IN_PROGRESS : before;
  const projectStatus = goesBack && project?.status === QA_AND_TESTING ? BUILD_IN_PROGRESS : null;
  const binding = { ...build.binding, workflowId: null, workflowUrl: null };
  const freed = { ...build, binding };
  const decision = unchanged(build, decisionId);
  const isFollowedUp = mayHaveMadeAnother(freed, 'not_sent', policy.duplicates);
  const context = notificationContext(build, { errorReason: reason, errorDetails: [`${workflowId}`] });
  const reopened = reopenedTasks(build);
  const tasks = new Map([...checklist, ...reopened].map((task) => [task.id, task]));
  return {
    decision: {
      ...decision,
      guard: { ...decision.guard, noBuildingSibling: goesBack },
      automationVersionStatus: versionStatus,
      project: project && {
        status: projectStatus,
        checklistProgress: checklistProgress([...tasks.values()]),
      },
      binding: nextBinding(binding, {
        status: 'error',
        errorReason: reason,
        errorDetails: { detail: `the adopted workflow was ${workflowId}`, workflow_id: workflowId },
        followUpInMs: isFollowedUp ? followUpInMs(policy.duplicates) : null,
      }),
      setTasks: reopened.map(({ id, status }) => ({ taskId: id, status })),
      messages: [
        ...notificationMessages(reason, context, policy.channels),
        ...notificationMessages('reopened', notificationContext(build, {}), policy.channels),
      ],
    },
    metadata: {
      error_reason: reason,
      workflow_id: workflowId,
      to_version_status: versionStatus,
      to_project_status: projectStatus,
      reopened_tasks: reopened.map(({ slug }) => slug),
    },
  };
}

/** The tasks that the adoption completed and that still are, with the statuses they had before. */
function reopenedTasks({ binding, checklist }: BuildFacts): readonly ChecklistTaskFacts[] {
  const before = new Map(
    binding.adoption?.completedTasks.map(({ taskId, statusBefore }) => [taskId, statusBefore]),
  );
  return checklist.flatMap((task) => {
    const status = before.get(task.id);
    return status !== undefined && task.status === 'complete' ? [{ ...task, status }] : [];
  });
}
