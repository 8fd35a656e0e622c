import { BUILD_IN_PROGRESS } from '../../../core/statuses.js';
import type { Statement } from '../database.js';
import type { Tables } from '../tables.js';
import { buildingSiblings, literal, openBlockers } from './facts.js';

/** What became of the decision at place `n`. */
export interface VerdictRow {
  readonly n: number;
  readonly verdict: 'ok' | 'stale' | 'busy' | 'key_taken' | 'workflow_taken';
}

/** The decisions, one row each; `$1` is what `decisionRows` makes of them. */
const decisions = `
decided as materialized (
  select * from jsonb_to_recordset($1::text::jsonb) as decided (
    n int, id uuid, tenant_id uuid, version_id uuid, binding_id uuid,
    guard_binding text, guard_fence int, guard_status text, version_row text,
    project_id uuid, project_row text, quote_id uuid, quote_row text, no_blocker boolean, no_sibling boolean,
    version_status text, project_status text, progress int,
    binding jsonb, create_tasks jsonb, set_tasks jsonb, call_id uuid, call jsonb, answer jsonb, audit jsonb, messages jsonb)
)`;

/**
 * Locks every row that a decision stands on. `skip locked`: a row that somebody holds makes its decision `busy` and
 * delays nobody else. A row that was changed since the snapshot comes with its newest state, so the comparison that
 * follows sees what an `update … where` alone would not.
 *
 * The project is the gate: only a decision that has it locks anything else. Two rivals that each held a part of what
 * both need would both be `busy`, and nobody would win.
 */
const locks = (tables: Tables) => `
locked_project as materialized (
  select p.tenant_id, p.id, p.xmin::text as row from ${tables.projects} p
   where (p.tenant_id, p.id) in (select tenant_id, project_id from decided)
   order by p.id for no key update skip locked
), let_in as materialized (
  select decided.* from decided left join locked_project p on p.id = decided.project_id and p.tenant_id = decided.tenant_id
   where decided.project_id is null or p.id is not null
), locked_version as materialized (
  select v.tenant_id, v.id, v.xmin::text as row from ${tables.versions} v
   where (v.tenant_id, v.id) in (select tenant_id, version_id from let_in where version_row is not null)
   order by v.id for no key update skip locked
), locked_quote as materialized (
  select q.tenant_id, q.id, q.xmin::text as row from ${tables.quotes} q
   where (q.tenant_id, q.id) in (select tenant_id, quote_id from let_in)
   order by q.id for no key update skip locked
), locked_binding as materialized (
  select b.tenant_id, b.id, b.fence, b.status from ${tables.bindings} b
   where (b.tenant_id, b.id) in (select tenant_id, binding_id from let_in where guard_binding = 'held')
   order by b.id for no key update skip locked
), task_change as materialized (
  select let_in.n, let_in.tenant_id, change."taskId" as id, change.status
    from let_in, jsonb_to_recordset(let_in.set_tasks) as change ("taskId" uuid, status text)
), locked_task as materialized (
  select t.tenant_id, t.id from ${tables.tasks} t
   where (t.tenant_id, t.id) in (select tenant_id, id from task_change)
   order by t.id for no key update skip locked
)`;

/** A row that could not be locked is somebody else's for now, or not there any more. */
const heldOrGone = (table: string, column: string) =>
  `case when exists (select from ${table} x where x.id = decided.${column} and x.tenant_id = decided.tenant_id) then 'busy' else 'stale' end`;

/** Each decision's verdict, but for what it loses to its companions or by its idempotency key. */
const judgement = (tables: Tables) => `
judged as materialized (
  select decided.*, case
    when decided.project_id is not null and p.id is null then ${heldOrGone(tables.projects, 'project_id')}
    when p.row <> decided.project_row then 'stale'
    when decided.version_row is not null and v.id is null then ${heldOrGone(tables.versions, 'version_id')}
    when v.row <> decided.version_row then 'stale'
    when decided.quote_id is not null and q.id is null then ${heldOrGone(tables.quotes, 'quote_id')}
    when q.row <> decided.quote_row then 'stale'
    when decided.guard_binding = 'held' and b.id is null then ${heldOrGone(tables.bindings, 'binding_id')}
    when decided.guard_binding = 'held' and (b.fence, b.status) <> (decided.guard_fence, decided.guard_status) then 'stale'
    when decided.guard_binding = 'absent' and exists (
      select from ${tables.bindings} other where other.automation_version_id = decided.version_id) then 'stale'
    when exists (
      select from task_change t left join ${tables.tasks} x on x.id = t.id and x.tenant_id = t.tenant_id
       where t.n = decided.n and x.id is null) then 'stale'
    when exists (
      select from task_change t left join locked_task l on l.id = t.id and l.tenant_id = t.tenant_id
       where t.n = decided.n and l.id is null) then 'busy'
    when decided.no_blocker and exists (select from ${openBlockers(tables)}) then 'stale'
    when decided.no_sibling and exists (select from ${buildingSiblings(tables)}) then 'stale'
    when exists (
      select from ${tables.bindings} other
       where other.wrk_workflow_id = decided.binding->>'workflowId' and other.id <> decided.binding_id) then 'workflow_taken'
    else 'ok' end as verdict
  from decided
  left join locked_project p on p.id = decided.project_id and p.tenant_id = decided.tenant_id
  left join locked_version v on v.id = decided.version_id and v.tenant_id = decided.tenant_id
  left join locked_quote q on q.id = decided.quote_id and q.tenant_id = decided.tenant_id
  left join locked_binding b on b.id = decided.binding_id and b.tenant_id = decided.tenant_id
)`;

/** Of companions that want one project, one workflow or one idempotency key, the first has it. */
const selection = (tables: Tables) => `
ranked as materialized (
  select judged.*,
         row_number() over (partition by coalesce(project_id, id) order by n) as of_project,
         row_number() over (partition by coalesce(binding->>'workflowId', id::text) order by n) as of_workflow,
         row_number() over (partition by tenant_id, answer->>'operation', coalesce(answer->>'key', id::text) order by n) as of_key
    from judged where verdict = 'ok'
), keyed as (
  insert into ${tables.answers} (tenant_id, operation, key, body_hash, answer_json)
  select tenant_id, answer->>'operation', answer->>'key', answer->>'bodyHash', answer->'answer'
    from ranked where answer is not null and of_project = 1 and of_workflow = 1 and of_key = 1 order by 1, 2, 3
  on conflict do nothing
  returning tenant_id, operation, key
), accepted as materialized (
  select ranked.* from ranked left join keyed on keyed.tenant_id = ranked.tenant_id
     and keyed.operation = answer->>'operation' and keyed.key = answer->>'key'
   where of_project = 1 and of_workflow = 1 and of_key = 1 and (answer is null or keyed.key is not null)
)`;

/** The writes. All of them read `accepted`, so nothing is written of a decision that did not pass everything. */
const writes = (tables: Tables) => `
set_project as (
  update ${tables.projects} p
     set status = coalesce(accepted.project_status, p.status), checklist_progress = accepted.progress, updated_at = now()
    from accepted where p.id = accepted.project_id and p.tenant_id = accepted.tenant_id and accepted.progress is not null
), set_version as (
  update ${tables.versions} v set status = accepted.version_status, updated_at = now()
    from accepted where v.id = accepted.version_id and v.tenant_id = accepted.tenant_id and accepted.version_status is not null
), state as (
  select accepted.binding_id, accepted.tenant_id, accepted.version_id, accepted.guard_binding, accepted.id as decision_id,
         s.*, now() + coalesce(s."runInMs", 0) * interval '1 millisecond' as run_at
    from accepted, jsonb_to_record(accepted.binding) as s (
      status text, run int, fence int, "runInMs" int, "requestId" text, "requestedBy" uuid, "assigneeId" uuid,
      "cameFromVersionStatus" text, "cameFromProjectStatus" text, "errorReason" text, "errorDetails" jsonb,
      "workflowId" text, "workflowUrl" text)
   where accepted.binding is not null
), add_binding as (
  insert into ${tables.bindings} (
    id, tenant_id, automation_version_id, status, run, fence, run_at, decision_id, request_id, requested_by, assignee_id,
    came_from_version_status, came_from_project_status, error_reason, error_details, wrk_workflow_id, wrk_workflow_url)
  select binding_id, tenant_id, version_id, status, run, fence, run_at, decision_id, "requestId", "requestedBy", "assigneeId",
         "cameFromVersionStatus", "cameFromProjectStatus", "errorReason", "errorDetails", "workflowId", "workflowUrl"
    from state where guard_binding = 'absent'
), set_binding as (
  update ${tables.bindings} b
     set status = s.status, run = s.run, fence = s.fence, run_at = s.run_at, lease_until = null, decision_id = s.decision_id,
         request_id = s."requestId", requested_by = s."requestedBy", assignee_id = s."assigneeId",
         came_from_version_status = s."cameFromVersionStatus", came_from_project_status = s."cameFromProjectStatus",
         error_reason = s."errorReason", error_details = s."errorDetails",
         wrk_workflow_id = s."workflowId", wrk_workflow_url = s."workflowUrl", updated_at = now()
    from state s where b.id = s.binding_id and b.tenant_id = s.tenant_id and s.guard_binding = 'held'
), add_tasks as (
  insert into ${tables.tasks} (id, tenant_id, context_type, context_id, kind, template_slug, category, title, status, is_blocker)
  select gen_random_uuid(), accepted.tenant_id, 'project', accepted.project_id, 'build_checklist', t.slug, t.category, t.title, t.status, false
    from accepted, jsonb_to_recordset(accepted.create_tasks) as t (slug text, title text, category text, status text)
  on conflict do nothing
), set_tasks as (
  update ${tables.tasks} t set status = task_change.status
    from task_change join accepted on accepted.n = task_change.n
   where t.id = task_change.id and t.tenant_id = task_change.tenant_id
), close_call as (
  update ${tables.calls} c
     set outcome = accepted.call->>'outcome', detail = accepted.call->>'detail',
         wrk_workflow_id = accepted.call->>'workflowId', wrk_workflow_url = accepted.call->>'workflowUrl',
         decision_id = accepted.id, closed_at = now()
    from accepted
   where c.id = accepted.call_id and c.tenant_id = accepted.tenant_id and c.closed_at is null
), add_audit as (
  ${insertAudit(tables, `select x.* from accepted, ${auditRecord('accepted.audit')} where accepted.audit is not null`)}
), add_messages as (
  ${insertMessages(tables, `select x.* from accepted, ${messageRecords('accepted.messages')}`)}
)`;

/** One audit entry of a JSON object, as a row. */
export const auditRecord = (json: string): string =>
  `jsonb_to_record(${json}) as x ("tenantId" uuid, "userId" uuid, "actionType" text, "resourceType" text, "resourceId" uuid, metadata jsonb)`;

/** Adds the audit entries that `rows` selects. */
export function insertAudit(tables: Tables, rows: string): string {
  return `insert into ${tables.auditLogs} (tenant_id, user_id, action_type, resource_type, resource_id, metadata_json, created_at)
  select "tenantId", "userId", "actionType", "resourceType", "resourceId", metadata, clock_timestamp() from (${rows}) entry`;
}

/** The messages of a JSON array, as rows. */
export const messageRecords = (json: string): string =>
  `jsonb_to_recordset(${json}) as x (queue text, key text, "tenantId" uuid, "bindingId" uuid, body jsonb, "delayMs" int)`;

/**
 * Adds the messages that `rows` selects; a key that still waits keeps its message, at the earlier of the two times.
 * A message in somebody's hands may be settled without what is new: it is taken from them and waits again.
 * Sorted, so that two statements that add the same keys cannot wait for each other in a circle.
 */
export function insertMessages(tables: Tables, rows: string): string {
  return `insert into ${tables.messages} as waiting (queue, key, tenant_id, binding_id, body, run_at)
  select distinct on (queue, key) queue, key, "tenantId", "bindingId", body, now() + "delayMs" * interval '1 millisecond'
    from (${rows}) message order by queue, key, "delayMs"
  on conflict (queue, key) where dead_at is null do update
     set run_at = case when waiting.lease_until is not null then excluded.run_at else least(waiting.run_at, excluded.run_at) end,
         deliveries = waiting.deliveries + case when waiting.lease_until is not null then 1 else 0 end,
         lease_until = null`;
}

/** Commits many decisions with their messages and audit entries, in one statement and so in one transaction. */
export function commit(tables: Tables): Statement {
  const text = `
with ${decisions}, ${locks(tables)}, ${judgement(tables)}, ${selection(tables)}, ${writes(tables)}
select judged.n, case
    when accepted.n is not null then 'ok'
    when judged.verdict <> 'ok' then judged.verdict
    when ranked.of_project > 1 then 'stale'
    when ranked.of_workflow > 1 then 'workflow_taken'
    else 'key_taken' end as verdict
  from judged left join ranked on ranked.n = judged.n left join accepted on accepted.n = judged.n
 order by judged.n`;
  return { name: 'wrk_builds_commit', text };
}
