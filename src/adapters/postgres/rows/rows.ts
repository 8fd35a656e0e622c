import type { BuildDecision } from '../../../core/build/decision.js';
import type { BuildFacts, CandidateFacts, ClaimedBuild, RequestFacts } from '../../../core/build/facts.js';
import type { OutgoingMessage } from '../../../core/build/messages.js';
import type { ClaimLimits } from '../../../ports/claim-limits.js';
import type { ClaimedMessage } from '../../../ports/queue.js';
import type { Value } from '../drivers/database.js';
import type { BuildRow } from '../sql/build-facts.js';

/** Decisions as JSON for the commit statement. */
export function decisionRows(decisions: readonly BuildDecision[]): string {
  return JSON.stringify(
    decisions.map((decision, n) => {
      const { guard, project, closeCall, idempotency } = decision;
      const held = typeof guard.binding === 'object' ? guard.binding : null;
      return {
        n,
        id: decision.id,
        tenant_id: decision.tenantId,
        version_id: decision.automationVersionId,
        binding_id: decision.bindingId,
        guard_binding: held ? 'held' : guard.binding,
        guard_fence: held?.fence,
        guard_status: held?.status,
        guard_assignee: guard.assignee ?? undefined,
        version_row: guard.automationVersionRow,
        project_id: guard.project?.id,
        project_row: guard.project?.row,
        quote_id: guard.quote?.id,
        quote_row: guard.quote?.row,
        no_blocker: guard.noOpenBlocker,
        no_sibling: guard.noBuildingSibling,
        version_status: decision.automationVersionStatus,
        project_status: project?.status,
        progress: project?.checklistProgress,
        binding: decision.binding ?? undefined,
        assignee: decision.assignee ?? undefined,
        create_tasks: decision.createTasks,
        set_tasks: decision.setTasks,
        call_id: closeCall?.id,
        call: closeCall ?? undefined,
        answer: idempotency ?? undefined,
        audit: decision.audit ?? undefined,
        messages: decision.messages.map(messageRow),
      };
    }),
  );
}

/** Whether a decision touches no row of the host's, so that nothing of the host's schema can refuse it. */
export function isOfOwnRows(decision: BuildDecision): boolean {
  const { guard } = decision;
  return (
    guard.binding !== 'absent' &&
    [guard.assignee, guard.automationVersionRow, guard.project, guard.quote].every((each) => each === null) &&
    [decision.automationVersionStatus, decision.project, decision.assignee].every((each) => each === null) &&
    [decision.audit, decision.idempotency].every((each) => each === null) &&
    [decision.createTasks, decision.setTasks].every((each) => each.length === 0)
  );
}

/** A message as JSON for the statements that enqueue. */
export function messageRow(message: OutgoingMessage) {
  return { ...message, bindingId: isUuid(message.body.bindingId) ? message.body.bindingId : null };
}

/** Whether Postgres accepts a value as a uuid. Checked beforehand, since one bad id would fail the whole batch. */
export function isUuid(value: unknown): value is string {
  return (
    typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value)
  );
}

/** Whether Postgres accepts a value as an id of the host. Text columns accept neither NUL nor lone surrogates. */
export function isId(type: 'uuid' | 'text', value: unknown): value is string {
  if (type === 'uuid') return isUuid(value);
  return typeof value === 'string' && value !== '' && !/\0|\p{Surrogate}/u.test(value);
}

/** The limits as the values of `limitParameters`. */
export function limitValues({ concurrency, callsPerSecond }: ClaimLimits): readonly Value[] {
  return [concurrency.global, concurrency.perTenant, callsPerSecond.global, callsPerSecond.perTenant];
}

/** The statement returns the facts as JSON in the shape of the type, and the blueprint as a separate text. */
function withBlueprint<Facts extends { automationVersion: object | null }>({
  facts,
  blueprint_json,
}: BuildRow): Facts {
  const parsed: Facts = JSON.parse(facts);
  if (!parsed.automationVersion) return parsed;
  return {
    ...parsed,
    automationVersion: { ...parsed.automationVersion, blueprintJson: blueprint_json },
  };
}

export const buildFacts = (row: BuildRow): BuildFacts => withBlueprint<BuildFacts>(row);

export const claimedBuild = (row: BuildRow): ClaimedBuild => withBlueprint<ClaimedBuild>(row);

export const unprocessableMessage = (json: string): ClaimedMessage => JSON.parse(json);

/** One row for each query and candidate; a query without candidates has one row with empty `facts`. */
export interface RequestRow {
  readonly n: number;
  readonly stored_answer: string | null;
  readonly building_version_id: string | null;
  readonly facts: string | null;
  readonly blueprint_json: string | null;
}

/** Reads the rows of one query: one for each candidate, or one that says there are none. */
export function requestFacts(rows: readonly RequestRow[]): RequestFacts {
  const [first] = rows;
  return {
    storedAnswer: first?.stored_answer ? JSON.parse(first.stored_answer) : null,
    buildingVersionId: first?.building_version_id ?? null,
    candidates: rows.flatMap(({ facts, blueprint_json }) =>
      facts === null ? [] : [withBlueprint<CandidateFacts>({ facts, blueprint_json })],
    ),
  };
}
