import { ok, type Result } from 'neverthrow';
import type { BuildDecision } from '../build/decision.js';
import type { BuildFacts } from '../build/facts.js';
import { notificationContext, notificationMessages } from '../notifications/notification-plan.js';
import { unchanged } from '../orchestration/change-build.js';
import type { OrchestrationPolicy } from '../orchestration/orchestration-policy.js';
import { checkStatus } from './check-command.js';
import type { AssignCommand } from './ops-command.js';
import { commandEntry } from './ops-decision.js';
import type { OpsError } from './ops-error.js';

/**
 * Decides to give a build to somebody, or to nobody: then the ops team is told. It moves no status and no fence, so that
 * a worker that is at the build goes on undisturbed.
 */
export function decideAssign(
  build: BuildFacts,
  command: AssignCommand,
  policy: Pick<OrchestrationPolicy, 'channels'>,
): Result<BuildDecision | null, OpsError> {
  const { assigneeId } = command;
  const { assigneeId: before } = build.binding;
  return checkStatus(build, ['pending', 'error']).andThen(() => {
    if (assigneeId === before) return ok(null);
    const decision = unchanged(build, command.decisionId);
    const given = { ...build, binding: { ...build.binding, assigneeId } };
    return ok({
      ...decision,
      guard: { ...decision.guard, assignee: { id: before }, automationVersionRow: null, project: null },
      assignee: { id: assigneeId },
      audit: commandEntry(build, command, 'assign_build', { assignee_id: assigneeId, before }),
      messages: notificationMessages(
        'assigned',
        notificationContext(given, {}),
        policy.channels,
        command.decisionId,
      ),
    });
  });
}
