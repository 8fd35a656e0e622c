import type { Result } from 'neverthrow';
import { checklistProgress } from '../blueprint/checklist.js';
import type { BuildDecision, Refusal } from '../build/decision.js';
import type { BuildFacts } from '../build/facts.js';
import { BUILD_IN_PROGRESS } from '../build/statuses.js';
import { followUpInMs, outstandingCalls } from '../orchestration/call-ledger.js';
import { nextBinding, statusBefore } from '../orchestration/change-build.js';
import type { DuplicatePolicy } from '../orchestration/wrk-answer.js';
import { checkNotHeld, checkRisk, checkStatus } from './check-command.js';
import type { CancelCommand } from './ops-command.js';
import { commandDecision, commandEntry, underNextFence } from './ops-decision.js';
import type { OpsError } from './ops-error.js';

/** Where a version may start from, and what WRK offers against duplicates. */
export interface CancelPolicy {
  readonly startableStatuses: readonly string[];
  readonly duplicates: DuplicatePolicy;
}

/**
 * Decides to give a build up. Version and project go back where they came from, or to the first status that a build may
 * start from where that is not known. What the host has moved on meanwhile stays where it is, and so does a project
 * that builds another version by now.
 */
export function decideCancel(
  build: BuildFacts,
  command: CancelCommand,
  policy: CancelPolicy,
): Result<BuildDecision, OpsError> {
  const outstanding = outstandingCalls(build);
  return checkStatus(build, ['pending', 'error'])
    .andThrough(() => checkNotHeld(build))
    .andThrough(() =>
      checkRisk(
        outstanding,
        command.acceptDuplicateRisk,
        'An earlier call may have created the workflow: look for it in WRK and adopt it, or delete it there and cancel with acceptDuplicateRisk.',
      ),
    )
    .map(() => cancelled(build, command, policy, outstanding.length > 0));
}

/**
 * Decides what is written of a cancellation that the storage refuses for good: the library's rows alone, so that the ops team
 * can always give a build up. Who did it and why is kept on the binding, for nothing can be audited; without the reason where
 * that is refused too. `null`: there is nothing smaller.
 */
export function decideCancelAfterRefusal(
  refused: BuildDecision,
  refusal: Refusal,
  { userId, reason }: CancelCommand,
): BuildDecision | null {
  const { guard, binding, audit } = refused;
  const before = binding?.errorDetails ?? null;
  if (!binding || before?.reason === null) return null;
  return {
    ...refused,
    guard: { ...guard, automationVersionRow: null, project: null, noBuildingSibling: false },
    automationVersionStatus: null,
    project: null,
    audit: null,
    binding: {
      ...binding,
      errorDetails: {
        sql_state: refusal.sqlState,
        cancelled_by: userId,
        reason: audit && !refusal.isOfText ? reason : null,
      },
    },
  };
}

function cancelled(
  build: BuildFacts,
  command: CancelCommand,
  { startableStatuses, duplicates }: CancelPolicy,
  atRisk: boolean,
): BuildDecision {
  const { automationVersion, project, checklist, buildingSiblingIds } = build;
  const { binding } = underNextFence(build);
  const back = (status: string | undefined, cameFrom: string) =>
    status === BUILD_IN_PROGRESS ? statusBefore(cameFrom, startableStatuses) : null;
  const versionStatus = back(automationVersion?.status, binding.cameFromVersionStatus);
  const projectStatus =
    buildingSiblingIds.length > 0 ? null : back(project?.status, binding.cameFromProjectStatus);
  const decision = commandDecision(build, command);
  const { run, keyGeneration } = binding;
  // What is accepted here is done with: another request must not get the workflow that was removed for an answer, nor be
  // held up by it. Where WRK can be asked, it will be.
  const forNextRun =
    atRisk && duplicates.by !== 'lookup'
      ? { keyGeneration: keyGeneration + 1, duplicateRiskRun: run + 1 }
      : {};
  return {
    ...decision,
    guard: { ...decision.guard, noBuildingSibling: projectStatus !== null },
    automationVersionStatus: versionStatus,
    project: project && { status: projectStatus, checklistProgress: checklistProgress(checklist) },
    binding: nextBinding(binding, {
      status: 'cancelled',
      errorReason: null,
      workflowId: null,
      workflowUrl: null,
      followUpInMs: atRisk ? followUpInMs(duplicates) : null,
      ...forNextRun,
    }),
    audit: commandEntry(build, command, 'cancel_build', {
      error_reason: binding.errorReason,
      to_version_status: versionStatus,
      to_project_status: projectStatus,
      accepted_duplicate_risk: atRisk,
    }),
  };
}
