import { checklistProgress } from '../blueprint/checklist.js';
import type { AuditAction, AuditEntry } from '../build/audit-entries.js';
import type { BuildDecision } from '../build/decision.js';
import type { BuildFacts } from '../build/facts.js';
import { unchanged, unguarded } from '../orchestration/change-build.js';
import type { OpsCommand } from './ops-command.js';
import type { OpsError } from './ops-error.js';

/**
 * The build under the fence that a command gives it. Whoever claimed it earlier finds a fence that is not its own, so that
 * nothing a worker does late can undo what a person has commanded.
 */
export function underNextFence<Build extends BuildFacts>(build: Build): Build {
  return { ...build, binding: { ...build.binding, fence: build.binding.fence + 1 } };
}

/** A decision that a command makes, before it changes anything: guarded by the facts that the person decided on. */
export function commandDecision(build: BuildFacts, { decisionId }: OpsCommand): BuildDecision {
  const { project, checklist } = build;
  return {
    ...unchanged(build, decisionId),
    // Every transition writes the project: it is the lock that orders everything about it.
    project: project && { status: null, checklistProgress: checklistProgress(checklist) },
  };
}

/** Who did what, and why. */
export function commandEntry(
  { tenantId, automationVersionId, binding }: BuildFacts,
  { userId, reason }: OpsCommand,
  actionType: AuditAction,
  more: Readonly<Record<string, unknown>>,
): AuditEntry {
  return {
    tenantId,
    userId,
    actionType,
    resourceType: 'automation_version',
    resourceId: automationVersionId,
    metadata: { binding_id: binding.id, run: binding.run, reason, ...more },
  };
}

/** The command as its audit entry has it when it is refused, with the ids that the person gave. */
export interface AuditedCommand extends OpsCommand {
  readonly workflowId?: string;
  readonly assigneeId?: string | null;
}

/** What a refused command leaves: its audit entry, and nothing else. It holds whatever has become of the build. */
export function refusedCommand(
  build: BuildFacts,
  kind: string,
  command: AuditedCommand,
  { code }: Pick<OpsError, 'code'>,
): BuildDecision {
  const { workflowId, assigneeId } = command;
  return {
    ...unguarded(build, command.decisionId),
    audit: commandEntry(build, command, 'command_refused', {
      command: kind,
      code,
      ...(workflowId !== undefined && { workflow_id: workflowId }),
      ...(assigneeId !== undefined && { assignee_id: assigneeId }),
    }),
  };
}
