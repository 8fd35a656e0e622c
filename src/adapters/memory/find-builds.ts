import type { BuildRecord, CallRecord } from '../../core/views/build-record.js';
import { type BuildQuery, type CallQuery, NEWEST_CALLS } from '../../ports/build-views.js';
import { isHeld } from './claim-capacity.js';
import { buildFacts, ledgerOf } from './load-builds.js';
import type { BindingRow } from './rows.js';
import type { View } from './store.js';

/** `BuildViews.findBuilds` over what is committed. */
export function findBuilds(view: View, now: number, query: BuildQuery): readonly BuildRecord[] {
  const isWanted = (row: BindingRow) =>
    row.tenantId === query.tenantId &&
    is(query.bindingId, row.id) &&
    is(query.automationVersionId, row.automationVersionId) &&
    is(query.status, row.status) &&
    is(query.errorReason, row.errorReason) &&
    is(query.assigneeId, row.assigneeId);
  const { cursor } = query;
  return view
    .all('bindings')
    .map(({ row }) => row)
    .filter(isWanted)
    .toSorted((left, right) => (isBefore(right, left) ? 1 : -1))
    .filter(
      (row) => !cursor || isBefore({ createdAt: Date.parse(cursor.createdAt), id: cursor.bindingId }, row),
    )
    .slice(0, query.limit)
    .map((row) => recordOf(view, now, row, query.calls ?? NEWEST_CALLS));
}

/** An absent filter matches everything. */
function is<Value>(wanted: Value | undefined, value: Value | null): boolean {
  return wanted === undefined || wanted === value;
}

type ColumnReference = Pick<BindingRow, 'createdAt' | 'id'>;

/** Newest first, then by id. */
function isBefore(left: ColumnReference, right: ColumnReference): boolean {
  return left.createdAt === right.createdAt ? left.id > right.id : left.createdAt > right.createdAt;
}

function recordOf(view: View, now: number, row: BindingRow, calls: CallQuery): BuildRecord {
  const facts = buildFacts(view, now, row);
  const { tenantId, automationVersionId, binding, automationVersion, project, circuitBreakers } = facts;
  const ledger = ledgerOf(view, row);
  const { before } = calls;
  const isoTime = (ms: number) => new Date(ms).toISOString();
  return {
    tenantId,
    automationVersionId,
    binding,
    automationName: automationVersion?.automationName ?? null,
    automationVersionStatus: automationVersion?.status ?? null,
    projectId: project?.id ?? null,
    projectName: project?.name ?? null,
    errorDetails: errorDetailsOf(row, calls),
    createdAt: isoTime(row.createdAt),
    updatedAt: isoTime(row.updatedAt),
    dueInMs: row.runAt - now,
    heldForMs: isHeld(row, now) && row.leaseUntil !== null ? row.leaseUntil - now : null,
    circuitBreakers,
    calls: ledger
      .filter(
        ({ run, number }) => !before || run < before.run || (run === before.run && number < before.number),
      )
      .slice(-calls.limit)
      .map((call): CallRecord => {
        const { bindingId: _b, tenantId: _t, fence: _f, decisionId: _d, closedAt: _c, ...rest } = call;
        const found = call.findings ?? [];
        const findings = calls.findings ? [...found] : [];
        return { ...rest, findings, findingsInAll: found.length, startedAt: isoTime(call.startedAt) };
      }),
    callsInAll: ledger.length,
    lastAnswer:
      ledger.findLast(({ run, outcome }) => run === row.run && outcome !== null && outcome !== 'not_sent')
        ?.detail ?? null,
  };
}

function errorDetailsOf({ errorDetails }: BindingRow, { findings }: CallQuery): BuildRecord['errorDetails'] {
  if (findings || errorDetails === null) return structuredClone(errorDetails);
  const { findings: _findings, ...rest } = errorDetails;
  return structuredClone(rest);
}
