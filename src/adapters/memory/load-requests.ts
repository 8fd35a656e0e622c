import type { CandidateFacts, RequestFacts, StoredAnswer } from '../../core/build/facts.js';
import { BUILD_IN_PROGRESS } from '../../core/build/statuses.js';
import type { RequestQuery } from '../../ports/repository.js';
import {
  bindingFacts,
  buildingSiblingIds,
  byId,
  checklistOf,
  ofTenant,
  openBlockers,
  projectFacts,
  versionFacts,
  versionsOf,
} from './project-facts.js';
import { compositeKey, type VersionRow } from './rows.js';
import type { View } from './store.js';
import type { Stored } from './tables.js';
import { rowLock } from './transaction.js';

type Version = Stored<VersionRow>;

export function answerKey(
  tenantId: string,
  idempotency: { readonly operation: string; readonly key: string },
): string {
  return compositeKey(tenantId, idempotency.operation, idempotency.key);
}

/** The facts for one request, in their committed state. */
export function loadRequest(view: View, now: number, query: RequestQuery): RequestFacts {
  const { tenantId, target, idempotency } = query;
  const candidates = versionsMeant(view, query).flatMap(
    (version) => candidateFacts(view, now, version, query.maxBlueprintBytes) ?? [],
  );
  return {
    storedAnswer: idempotency && storedAnswer(view, answerKey(tenantId, idempotency)),
    candidates,
    buildingVersionId:
      'projectId' in target
        ? (versionsOfTarget(view, tenantId, target.projectId).find(
            ({ row }) => row.status === BUILD_IN_PROGRESS,
          )?.id ?? null)
        : null,
  };
}

/** The locks that `save` would need for a decision on these facts. */
export function locksOfRequest(
  view: View,
  { tenantId, target, idempotency }: RequestQuery,
): readonly string[] {
  const versions =
    'projectId' in target
      ? versionsOfTarget(view, tenantId, target.projectId)
      : [ofTenant(view.get('automationVersions', target.automationVersionId), tenantId)].filter(
          (version) => version !== undefined,
        );
  const answer = idempotency ? [rowLock('answers', answerKey(tenantId, idempotency))] : [];
  return [...answer, ...versions.flatMap((version) => locksOfVersion(view, version))];
}

/** The locks of a version and of everything its build touches. */
export function locksOfVersion(view: View, { id, row: { tenantId, projectId } }: Version): readonly string[] {
  const project = projectFacts(view, tenantId, projectId);
  return [
    rowLock('automationVersions', id),
    ...view.group('bindings', id).map((binding) => rowLock('bindings', binding.id)),
    ...quotesOf(view, tenantId, id).map((quote) => rowLock('quotes', quote.id)),
    ...(project ? [rowLock('projects', project.id)] : []),
    ...(project ? checklistOf(view, tenantId, project.id).map((task) => rowLock('tasks', task.id)) : []),
  ];
}

function versionsMeant(view: View, { tenantId, target }: RequestQuery): readonly Version[] {
  if ('projectId' in target) {
    return versionsOfTarget(view, tenantId, target.projectId).filter(({ row }) =>
      target.startableStatuses.includes(row.status),
    );
  }
  const version = ofTenant(view.get('automationVersions', target.automationVersionId), tenantId);
  return version ? [version] : [];
}

/** A project that is missing or belongs to another tenant has no versions. */
function versionsOfTarget(view: View, tenantId: string, projectId: string): readonly Version[] {
  return projectFacts(view, tenantId, projectId) ? versionsOf(view, tenantId, projectId) : [];
}

function quotesOf(view: View, tenantId: string, versionId: string) {
  return view
    .group('quotes', versionId)
    .filter(({ row }) => row.tenantId === tenantId)
    .sort(byId);
}

function candidateFacts(
  view: View,
  now: number,
  version: Version,
  maxBlueprintBytes: number | undefined,
): CandidateFacts | null {
  const automationVersion = versionFacts(view, version, maxBlueprintBytes);
  if (!automationVersion) return null;
  const { tenantId } = version.row;
  const project = projectFacts(view, tenantId, version.row.projectId);
  const binding = view.group('bindings', version.id).find(({ row }) => row.tenantId === tenantId);
  return {
    automationVersion,
    projects: project ? [project] : [],
    quotes: quotesOf(view, tenantId, version.id).map(({ id, row, version }) => ({
      id,
      status: row.status,
      expired: row.expiresAt !== null && Date.parse(row.expiresAt) <= now,
      rowVersion: String(version),
    })),
    binding: binding ? bindingFacts(binding.row) : null,
    buildingSiblingIds: project ? buildingSiblingIds(view, tenantId, project.id, version.id) : [],
    openBlockers: project ? openBlockers(view, tenantId, project.id) : [],
    checklist: project ? checklistOf(view, tenantId, project.id) : [],
  };
}

function storedAnswer(view: View, key: string): StoredAnswer | null {
  const stored = view.get('answers', key);
  return stored ? { bodyHash: stored.row.bodyHash, answer: structuredClone(stored.row.answer) } : null;
}
