import type { ChangedBuild, ChangedBuilds } from '../../core/views/build-change.js';
import type { ChangeQuery } from '../../ports/build-views.js';
import { byId } from './project-facts.js';
import { type BindingRow, compositeKey } from './rows.js';
import type { View } from './store.js';

/** `BuildViews.findChangedBuilds` over what is committed. */
export function findChangedBuilds(
  view: View,
  now: number,
  { tenantIds, since, overlapMs, limit }: ChangeQuery,
): ChangedBuilds {
  const from = (since === null ? now : Date.parse(since)) - overlapMs;
  const changed = view
    .all('bindings')
    .map(({ row }) => row)
    .filter(({ updatedAt }) => updatedAt >= from)
    .toSorted(oldestFirst);
  const found = [...new Set(tenantIds)].flatMap((tenantId) =>
    changed.filter((row) => row.tenantId === tenantId).slice(0, limit),
  );
  return { now: isoTime(now), from: isoTime(from), builds: found.toSorted(oldestFirst).map(changeOf) };
}

function oldestFirst(left: BindingRow, right: BindingRow): number {
  return left.updatedAt - right.updatedAt || byId(left, right);
}

function changeOf(row: BindingRow): ChangedBuild {
  const { id, tenantId, automationVersionId, status, run, errorReason, assigneeId } = row;
  const changedAt = isoTime(row.updatedAt);
  return {
    tenantId,
    bindingId: id,
    automationVersionId,
    status,
    run,
    errorReason,
    assigneeId,
    changedAt,
    changeToken: compositeKey(changedAt, `${row.fence}`, row.decisionId, assigneeId ?? ''),
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
