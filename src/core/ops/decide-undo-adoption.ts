import { err, ok, type Result } from 'neverthrow';
import type { BuildDecision } from '../build/decision.js';
import type { BuildFacts } from '../build/facts.js';
import { BUILD_IN_PROGRESS, QA_AND_TESTING } from '../build/statuses.js';
import { type AdoptionPolicy, endAdoption, holdsAdopted } from '../orchestration/end-adoption.js';
import { checkNoSibling, checkStatus } from './check-command.js';
import type { OpsCommand } from './ops-command.js';
import { commandEntry, underNextFence } from './ops-decision.js';
import type { OpsError } from './ops-error.js';

/**
 * Decides to take a workflow that a person had adopted from its build again. The build has then failed, and its workflow
 * may be adopted for another one.
 */
export function decideUndoAdoption(
  build: BuildFacts,
  command: OpsCommand,
  policy: AdoptionPolicy,
): Result<BuildDecision, OpsError> {
  return checkStatus(build, ['active'])
    .andThen(() => checkAdopted(build))
    .andThen(() => checkNotMovedOn(build, policy))
    .andThen(() => (build.automationVersion?.status === QA_AND_TESTING ? checkNoSibling(build) : ok()))
    .map(() => {
      const ended = endAdoption(underNextFence(build), 'adoption_undone', policy, command.decisionId);
      const { decision, metadata } = ended;
      const { fence, status } = build.binding;
      return {
        ...decision,
        guard: { ...decision.guard, binding: { fence, status } },
        audit: commandEntry(build, command, 'undo_adoption', metadata),
      };
    });
}

function checkAdopted(build: BuildFacts): Result<void, OpsError> {
  if (holdsAdopted(build)) return ok();
  return err({
    code: 'workflow_not_adopted',
    message: 'WRK itself gave the build its workflow: put changes into a new version.',
  });
}

/** Only the host knows the statuses after QA, so whatever is none of those before it counts as one. */
function checkNotMovedOn(
  { automationVersion }: BuildFacts,
  { startableStatuses }: AdoptionPolicy,
): Result<void, OpsError> {
  const upToQa = [...startableStatuses, BUILD_IN_PROGRESS, QA_AND_TESTING];
  if (!automationVersion || upToQa.includes(automationVersion.status)) return ok();
  const { status } = automationVersion;
  return err({
    code: 'version_moved_on',
    message: `The automation version is “${status}” by now: move it back to “${QA_AND_TESTING}” first, if nobody uses the workflow.`,
    details: { automationVersionStatus: status },
  });
}
