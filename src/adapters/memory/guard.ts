import type { BuildDecision } from '../../core/build/decision.js';
import { buildingSiblingIds, ofTenant, openBlockers } from './project-facts.js';
import { compositeKey, type TableName } from './rows.js';
import type { View } from './store.js';
import { rowLock } from './transaction.js';

/** Throws for a contradictory decision, which no decider makes. */
export function refuseContradictions({ guard, binding, project, createTasks }: BuildDecision): void {
  const refuse = (what: string) => new Error(`This decision cannot be written: ${what}.`);
  if (binding && guard.binding === 'any') throw refuse('it writes the binding without guarding it');
  if (project && !guard.project) throw refuse('it writes the project without naming it in the guard');
  if (createTasks.length > 0 && !guard.project)
    throw refuse('it creates tasks without naming their project in the guard');
}

/** The locks that the decision needs before anything is written: only rows of its tenant, in a fixed order. */
export function locksOf(view: View, decision: BuildDecision): readonly string[] {
  const { tenantId, guard } = decision;
  const isThere = (
    table: 'automationVersions' | 'projects' | 'quotes' | 'bindings' | 'tasks' | 'calls',
    id: string | undefined,
  ) =>
    id !== undefined && ofTenant<{ readonly tenantId: string }>(view.get(table, id), tenantId)
      ? [rowLock(table, id)]
      : [];
  return [
    ...isThere('projects', guard.project?.id),
    ...(touchesVersion(decision) ? isThere('automationVersions', decision.automationVersionId) : []),
    ...isThere('quotes', guard.quote?.id),
    ...(guard.binding === 'any' ? [] : isThere('bindings', decision.bindingId)),
    ...(guard.binding === 'absent' ? [newBindingLock(decision.automationVersionId)] : []),
    ...decision.setTasks.flatMap(({ taskId }) => isThere('tasks', taskId)),
    ...isThere('calls', decision.closeCall?.id),
  ].sort();
}

/** What two decisions of one call cannot share; the first one that passes its guard gets it. */
export function claimsOf(decision: BuildDecision): readonly string[] {
  const { guard, automationVersionId } = decision;
  const claimed: [TableName, string][] = [];
  if (guard.project) claimed.push(['projects', guard.project.id]);
  if (touchesVersion(decision) || guard.binding !== 'any')
    claimed.push(['automationVersions', automationVersionId]);
  return claimed.map(([table, id]) => rowLock(table, id));
}

/** Whether every fact that the decision depends on is unchanged. Its locks are held, so a positive result stays true. */
export function stillStands(
  view: View,
  { guard, tenantId, automationVersionId, ...decision }: BuildDecision,
): boolean {
  const isUnchanged = (table: 'automationVersions' | 'projects' | 'quotes', id: string, mark: string) => {
    const stored = ofTenant<{ readonly tenantId: string }>(view.get(table, id), tenantId);
    return stored !== undefined && String(stored.version) === mark;
  };
  if (
    guard.automationVersionRow !== null &&
    !isUnchanged('automationVersions', automationVersionId, guard.automationVersionRow)
  )
    return false;
  if (
    decision.automationVersionStatus !== null &&
    !ofTenant(view.get('automationVersions', automationVersionId), tenantId)
  )
    return false;
  if (guard.project && !isUnchanged('projects', guard.project.id, guard.project.row)) return false;
  if (guard.quote && !isUnchanged('quotes', guard.quote.id, guard.quote.row)) return false;
  if (guard.project && guard.noOpenBlocker && openBlockers(view, tenantId, guard.project.id).length > 0)
    return false;
  if (
    guard.project &&
    guard.noBuildingSibling &&
    buildingSiblingIds(view, tenantId, guard.project.id, automationVersionId).length > 0
  ) {
    return false;
  }
  if (decision.setTasks.some(({ taskId }) => !ofTenant(view.get('tasks', taskId), tenantId))) return false;
  if (guard.binding === 'any') return true;
  const stored = view.get('bindings', decision.bindingId);
  if (guard.binding === 'absent') return !stored && view.group('bindings', automationVersionId).length === 0;
  const binding = ofTenant(stored, tenantId)?.row;
  return (
    binding?.automationVersionId === automationVersionId &&
    binding.fence === guard.binding.fence &&
    binding.status === guard.binding.status &&
    (!guard.assignee || binding.assigneeId === guard.assignee.id)
  );
}

function touchesVersion({ guard, automationVersionStatus }: BuildDecision): boolean {
  return guard.automationVersionRow !== null || automationVersionStatus !== null;
}

/** The lock key that stands for the unique index on the version: one transaction at a time can create its first binding. */
function newBindingLock(automationVersionId: string): string {
  return compositeKey('new binding', automationVersionId);
}
