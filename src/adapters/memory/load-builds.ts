import { createHash } from 'node:crypto';
import type { BuildFacts, CallFacts } from '../../core/build/facts.js';
import type { BuildReference } from '../../ports/repository.js';
import { breakersOf } from './circuit-breakers.js';
import { isHeld } from './claim-capacity.js';
import { locksOfVersion } from './load-requests.js';
import {
  bindingFacts,
  buildingSiblingIds,
  checklistOf,
  ofTenant,
  projectFacts,
  versionFacts,
} from './project-facts.js';
import type { BindingRow, CallRow } from './rows.js';
import type { View } from './store.js';
import { rowLock } from './transaction.js';

/** One build in its committed state; `null` if the tenant has no such build. */
export function loadBuild(
  view: View,
  now: number,
  { tenantId, bindingId }: BuildReference,
  maxBlueprintBytes?: number,
): BuildFacts | null {
  const binding = ofTenant(view.get('bindings', bindingId), tenantId);
  return binding ? buildFacts(view, now, binding.row, maxBlueprintBytes) : null;
}

/** All facts of one build, including its whole ledger. */
export function buildFacts(
  view: View,
  now: number,
  binding: BindingRow,
  maxBlueprintBytes?: number,
): BuildFacts {
  const { tenantId, automationVersionId } = binding;
  const version = ofTenant(view.get('automationVersions', automationVersionId), tenantId);
  const automationVersion = version ? versionFacts(view, version, maxBlueprintBytes) : null;
  const project = projectFacts(view, tenantId, version ? version.row.projectId : binding.projectId);
  return {
    tenantId,
    automationVersionId,
    binding: bindingFacts(binding),
    automationVersion,
    project,
    buildingSiblingIds: project ? buildingSiblingIds(view, tenantId, project.id, automationVersionId) : [],
    checklist: project ? checklistOf(view, tenantId, project.id) : [],
    calls: ledgerOf(view, binding).map((call) => callFacts(call, now)),
    contentHash: contentHash(
      automationVersion?.automationName,
      version?.row.blueprintJson,
      binding.keyGeneration,
    ),
    isHeld: isHeld(binding, now),
    circuitBreakers: breakersOf(view, now, [tenantId]),
  };
}

/** The calls of a binding, oldest first. */
export function ledgerOf(view: View, binding: BindingRow): readonly CallRow[] {
  return view
    .group('calls', binding.id)
    .map(({ row }) => row)
    .sort((left, right) => left.run - right.run || left.number - right.number);
}

/** The locks that `save` would need for a decision on this build. */
export function locksOfBuild(view: View, { tenantId, bindingId }: BuildReference): readonly string[] {
  const binding = ofTenant(view.get('bindings', bindingId), tenantId);
  if (!binding) return [];
  const version = ofTenant(view.get('automationVersions', binding.row.automationVersionId), tenantId);
  return [
    rowLock('bindings', bindingId),
    ...ledgerOf(view, binding.row).map((call) => rowLock('calls', call.id)),
    ...(version ? locksOfVersion(view, version) : []),
  ];
}

function callFacts(call: CallRow, now: number): CallFacts {
  const { id, run, number, contentHash, outcome, detail, findings, workflowId, workflowUrl } = call;
  return {
    id,
    run,
    number,
    contentHash,
    outcome,
    detail,
    findings: [...(findings ?? [])],
    workflowId,
    workflowUrl,
    startedMsAgo: now - call.startedAt,
    closedMsAgo: call.closedAt === null ? null : now - call.closedAt,
  };
}

/** Hash of what determines which workflow WRK creates and under which idempotency key. */
function contentHash(
  automationName: string | undefined,
  blueprintJson: string | undefined,
  keyGeneration: number,
): string {
  return createHash('sha256')
    .update(JSON.stringify([automationName ?? null, blueprintJson ?? null, keyGeneration]))
    .digest('hex');
}
