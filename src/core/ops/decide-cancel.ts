import type { Result } from 'neverthrow';
import { outstandingCalls } from '../call-history.js';
import { nextBinding } from '../change-build.js';
import { checklistProgress } from '../checklist.js';
import type { BuildDecision } from '../decision.js';
import type { BuildFacts } from '../facts.js';
import { BUILD_IN_PROGRESS } from '../statuses.js';
import { checkNotHeld, checkRisk, checkStatus } from './check-order.js';
import { orderEntry, ordered, underNextFence } from './ops-decision.js';
import type { OpsError } from './ops-error.js';
import type { CancelOrder } from './ops-order.js';

/**
 * Decides to give a build up. Version and project go back where they came from, or to the first status that a build may
 * start from where that is not known; what the host has moved on meanwhile stays where it is.
 */
export function decideCancel(
  build: BuildFacts,
  order: CancelOrder,
  policy: { readonly startableStatuses: readonly string[] },
): Result<BuildDecision, OpsError> {
  const outstanding = outstandingCalls(build);
  return checkStatus(build, ['pending', 'error'])
    .andThrough(() => checkNotHeld(build))
    .andThrough(() =>
      checkRisk(
        outstanding,
        order.acceptDuplicateRisk,
        'An earlier call may have made the workflow: look for it at WRK and adopt it, or cancel with acceptDuplicateRisk and remove it there.',
      ),
    )
    .map(() => cancelled(build, order, policy.startableStatuses));
}

function cancelled(
  build: BuildFacts,
  order: CancelOrder,
  startableStatuses: readonly string[],
): BuildDecision {
  const { automationVersion, project, checklist } = build;
  const { binding } = underNextFence(build);
  const back = (status: string | undefined, cameFrom: string) => {
    if (status !== BUILD_IN_PROGRESS) return null;
    const isKnown = cameFrom !== '' && cameFrom !== BUILD_IN_PROGRESS;
    return isKnown ? cameFrom : (startableStatuses[0] ?? null);
  };
  const versionStatus = back(automationVersion?.status, binding.cameFromVersionStatus);
  const projectStatus = back(project?.status, binding.cameFromProjectStatus);
  return {
    ...ordered(build, order),
    automationVersionStatus: versionStatus,
    project: project && { status: projectStatus, checklistProgress: checklistProgress(checklist) },
    binding: nextBinding(binding, { status: 'cancelled', errorReason: null }),
    audit: orderEntry(build, order, 'cancel_build', {
      error_reason: binding.errorReason,
      to_version_status: versionStatus,
      to_project_status: projectStatus,
      accepted_duplicate_risk: outstandingCalls(build).length > 0,
    }),
  };
}
