import type { Result } from 'neverthrow';
import type { BuildDecision } from '../build/decision.js';
import type { Adoption, BuildFacts } from '../build/facts.js';
import { isNamedByWrk } from '../orchestration/end-adoption.js';
import { completion, type EndPolicy } from '../orchestration/end-run.js';
import { checkBuildable, checkNoSibling, checkNotHeld, checkStatus } from './check-command.js';
import type { AdoptCommand } from './ops-command.js';
import { commandDecision, commandEntry, underNextFence } from './ops-decision.js';
import type { OpsError } from './ops-error.js';

/**
 * Decides to take a workflow that was made or found by hand for the build's own: the same change as a completion by the
 * worker, with the person in its audit entry. Other workflows in the ledger are reported as usual. One that the ledger has
 * from WRK is WRK's own answer, whoever brings it.
 */
export function decideAdopt(
  build: BuildFacts,
  command: AdoptCommand,
  policy: EndPolicy,
): Result<BuildDecision, OpsError> {
  return checkStatus(build, ['pending', 'error'])
    .andThen(() => checkNotHeld(build))
    .andThen(() => checkBuildable(build))
    .andThrough(() => checkNoSibling(build))
    .map((completable) => {
      const { workflowId } = command;
      const decision = completion(underNextFence(completable), command, policy, command.decisionId);
      return {
        ...decision,
        guard: { ...commandDecision(build, command).guard, noBuildingSibling: true },
        binding: decision.binding && {
          ...decision.binding,
          adoption: isNamedByWrk(build, workflowId) ? null : adoptionOf(build, decision),
        },
        audit: commandEntry(build, command, 'build_complete', { workflow_id: workflowId, adopted: true }),
      };
    });
}

/** What goes back when the adoption ends. */
function adoptionOf({ checklist }: BuildFacts, { setTasks }: BuildDecision): Adoption {
  const completed = new Set(setTasks.map(({ taskId }) => taskId));
  const tasks = checklist.filter(({ id }) => completed.has(id));
  return { completedTasks: tasks.map(({ id, status }) => ({ taskId: id, statusBefore: status })) };
}
