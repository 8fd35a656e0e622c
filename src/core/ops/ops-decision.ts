import { checklistProgress } from '../blueprint/checklist.js';
import type { AuditAction, AuditEntry } from '../build/audit-entries.js';
import { unchanged } from '../build/change-build.js';
import type { BuildDecision } from '../build/decision.js';
import type { BuildFacts } from '../build/facts.js';
import type { OpsOrder } from './ops-command.js';

/**
 * The build under the fence that an order gives it. Whoever claimed it earlier finds a fence that is not its own, so that
 * nothing a worker does late can undo what a person has ordered.
 */
export function underNextFence<Build extends BuildFacts>(build: Build): Build {
  return { ...build, binding: { ...build.binding, fence: build.binding.fence + 1 } };
}

/** A decision that an order makes, before it changes anything: guarded by the facts that the person decided on. */
export function ordered(build: BuildFacts, { decisionId }: OpsOrder): BuildDecision {
  const { project, checklist } = build;
  return {
    ...unchanged(build, decisionId),
    // Every transition writes the project: it is the lock that orders everything about it.
    project: project && { status: null, checklistProgress: checklistProgress(checklist) },
  };
}

/** Who ordered what, and why. */
export function orderEntry(
  { tenantId, automationVersionId, binding }: BuildFacts,
  { userId, reason }: OpsOrder,
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
