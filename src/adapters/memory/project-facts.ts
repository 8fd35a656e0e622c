import type {
  AutomationVersionFacts,
  BindingFacts,
  BlockerFacts,
  ChecklistTaskFacts,
  ProjectFacts,
} from '../../core/build/facts.js';
import { BUILD_IN_PROGRESS } from '../../core/build/statuses.js';
import type { BindingRow, VersionRow } from './rows.js';
import type { View } from './store.js';
import type { Stored } from './tables.js';

/** The kind of tasks that count toward a project's progress. */
export const BUILD_CHECKLIST = 'build_checklist';

/** The row, if it belongs to the tenant; another tenant's row counts as missing. */
export function ofTenant<Row extends { readonly tenantId: string }>(
  stored: Stored<Row> | undefined,
  tenantId: string,
): Stored<Row> | undefined {
  return stored?.row.tenantId === tenantId ? stored : undefined;
}

/** Compares rows like `order by id`. */
export function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return left.id < right.id ? -1 : Number(left.id > right.id);
}

/** A blueprint of more than `maxBytes` counts as not read. */
export function versionFacts(
  view: View,
  stored: Stored<VersionRow>,
  maxBytes: number = Number.POSITIVE_INFINITY,
): AutomationVersionFacts | null {
  const { id, tenantId, automationId, status, blueprintJson } = stored.row;
  const automation = ofTenant(view.get('automations', automationId), tenantId);
  if (!automation) return null;
  const blueprintBytes = Buffer.byteLength(blueprintJson);
  return {
    id,
    automationId,
    automationName: automation.row.name,
    status,
    updatedAt: stored.writtenAt,
    blueprintJson: blueprintBytes <= maxBytes ? blueprintJson : null,
    blueprintBytes,
    rowVersion: String(stored.version),
  };
}

export function projectFacts(view: View, tenantId: string, projectId: string | null): ProjectFacts | null {
  const stored = projectId === null ? undefined : ofTenant(view.get('projects', projectId), tenantId);
  return stored
    ? { id: stored.id, name: stored.row.name, status: stored.row.status, rowVersion: String(stored.version) }
    : null;
}

export function bindingFacts(row: BindingRow): BindingFacts {
  return {
    id: row.id,
    status: row.status,
    run: row.run,
    fence: row.fence,
    priority: row.priority,
    requestId: row.requestId,
    requestedBy: row.requestedBy,
    assigneeId: row.assigneeId,
    orchestration: row.orchestration,
    keyGeneration: row.keyGeneration,
    duplicateRiskRun: row.duplicateRiskRun,
    cameFromVersionStatus: row.cameFromVersionStatus,
    cameFromProjectStatus: row.cameFromProjectStatus,
    errorReason: row.errorReason,
    workflowId: row.workflowId,
    workflowUrl: row.workflowUrl,
    adoption: row.adoption,
  };
}

/** The tenant's versions of a project. */
export function versionsOf(view: View, tenantId: string, projectId: string): readonly Stored<VersionRow>[] {
  return view
    .group('automationVersions', projectId)
    .filter((version) => version.row.tenantId === tenantId && version.row.projectId === projectId)
    .sort(byId);
}

/** Other versions of the project that are being built. */
export function buildingSiblingIds(
  view: View,
  tenantId: string,
  projectId: string,
  versionId: string,
): readonly string[] {
  return versionsOf(view, tenantId, projectId)
    .filter(({ id, row }) => id !== versionId && row.status === BUILD_IN_PROGRESS)
    .map(({ id }) => id);
}

function tasksOf(view: View, tenantId: string, projectId: string) {
  return view
    .group('tasks', projectId)
    .filter(({ row }) => row.tenantId === tenantId && row.contextType === 'project')
    .sort(byId);
}

/** A blocker added in a transaction that is still open counts as later. */
export function openBlockers(view: View, tenantId: string, projectId: string): readonly BlockerFacts[] {
  return tasksOf(view, tenantId, projectId)
    .filter(({ row }) => row.isBlocker && row.status !== 'complete')
    .map(({ id, row }) => ({ id, title: row.title }));
}

export function checklistOf(view: View, tenantId: string, projectId: string): readonly ChecklistTaskFacts[] {
  return tasksOf(view, tenantId, projectId)
    .filter(({ row }) => row.kind === BUILD_CHECKLIST)
    .sort((left, right) => (left.row.templateSlug < right.row.templateSlug ? -1 : 1))
    .map(({ id, row }) => ({ id, slug: row.templateSlug, category: row.category ?? '', status: row.status }));
}
