import type { Statement } from '../drivers/database.js';
import type { NewTask } from '../mapping/new-task.js';
import type { Tables } from '../mapping/tables.js';
import { buildingSiblings, isOfBuild, openBlockers } from './facts.js';
import { auditRecord, insertAudit, insertMessages, messageRecords } from './insert-rows.js';
import { keyLock } from './key-lock.js';
import { literal } from './quoting.js';
import { tellListeners } from './tell-listeners.js';

/** The verdict on decision number `n`. */
export interface VerdictRow {
  readonly n: number;
  readonly verdict: 'ok' | 'stale' | 'busy' | 'key_taken' | 'workflow_taken';
}

/** Commits many decisions with their messages and audit entries, in one statement and so in one transaction. */
export function commit(tables: Tables): Statement {
  const text = `
with ${decisions(tables)}, ${judgement(tables)}, ${selection(tables)}, ${writes(tables)}, ${lostWrites(tables)},
${tellListeners(tables, 'add_messages')}
select judged.n, case
    when accepted.n is not null then 'ok'
    when judged.verdict <> 'ok' then judged.verdict
    when ranked.of_project > 1 or ranked.of_build > 1 then 'stale'
    when ranked.of_workflow > 1 then 'workflow_taken'
    else 'key_taken' end as verdict
  from judged left join ranked on ranked.n = judged.n left join accepted on accepted.n = judged.n
       cross join told cross join lost
 where told.queues is not null and (lost.write is null or ${tables.refuseLostWrite}(lost.write))
 order by judged.n`;
  return { name: 'wrk_builds_commit', text };
}

/** The decisions, one row each; `$1` is the result of `decisionRows`. */
export const decisions = ({ idType: id }: Tables): string => `
decided as materialized (
  select * from pg_catalog.jsonb_to_recordset($1::text::jsonb) as decided (
    n int, id uuid, tenant_id ${id}, version_id ${id}, binding_id uuid,
    guard_binding text, guard_fence int, guard_status text, guard_assignee jsonb, version_row text,
    project_id ${id}, project_row text, quote_id ${id}, quote_row text, no_blocker boolean, no_sibling boolean,
    version_status text, project_status text, progress int,
    binding jsonb, assignee jsonb, create_tasks jsonb, set_tasks jsonb, call_id uuid, call jsonb, answer jsonb, audit jsonb, messages jsonb)
)`;

/** One row by its id within the decision's tenant, locked unless another transaction holds it. */
export const lockedRow = (columns: string, table: string, alias: string, id: string, onlyIf: string) => `
  left join lateral (
    select ${columns} from ${table} ${alias}
     where ${alias}.id = decided.${id} and ${alias}.tenant_id = decided.tenant_id and ${onlyIf}
       for no key update skip locked) ${alias} on true`;

/** Whether such a row exists. A scalar subquery is evaluated per decision and never scans a whole table. */
const any = (from: string) => `(select true from ${from} limit 1) is not null`;

/** A row that could not be locked is held by another transaction, or no longer exists. */
export const heldOrGone = (table: string, id: string) =>
  `case when ${any(`${table} x where x.id = decided.${id} and x.tenant_id = decided.tenant_id`)} then 'busy' else 'stale' end`;

/**
 * Locks the rows that each decision depends on, and compares them. `skip locked`: a row held by another transaction makes
 * its decision `busy` and delays no other decision. A row that has changed since the snapshot is read in its newest state,
 * so the comparison sees what an `update … where` alone would not.
 *
 * The order of locks is project, version, quote, binding, tasks, and a decision locks a row only if it has locked those before
 * it; that each condition names the row before keeps a plan from changing the order. Otherwise two rivals could each hold a
 * part of what both need, and both would be `busy`.
 */
const judgement = (tables: Tables): string => `
task_change as materialized (
  select decided.n, decided.tenant_id, change."taskId" as id, change.status
    from decided, pg_catalog.jsonb_to_recordset(decided.set_tasks) as change ("taskId" ${tables.idType}, status text)
), judged as materialized (
  select decided.*, case
    when decided.project_id is not null and p.id is null then ${heldOrGone(tables.projects, 'project_id')}
    when p.row_version <> decided.project_row then 'stale'
    when decided.version_row is not null and v.id is null then ${heldOrGone(tables.versions, 'version_id')}
    when v.row_version <> decided.version_row then 'stale'
    when decided.quote_id is not null and q.id is null then ${heldOrGone(tables.quotes, 'quote_id')}
    when q.row_version <> decided.quote_row then 'stale'
    when decided.guard_binding = 'held' and b.id is null then ${heldOrGone(tables.bindings, 'binding_id')}
    when decided.guard_binding = 'held' and (b.fence, b.status) <> (decided.guard_fence, decided.guard_status) then 'stale'
    when decided.guard_assignee is not null and b.assignee_id is distinct from (decided.guard_assignee->>'id')::${tables.idType} then 'stale'
    when decided.guard_binding = 'absent'
     and ${any(`${tables.bindings} x where x.automation_version_id = decided.version_id`)} then 'stale'
    when ${any(`task_change c left join ${tables.tasks} x on x.id = c.id and x.tenant_id = c.tenant_id
                 where c.n = decided.n and x.id is null`)} then 'stale'
    when t.locked < pg_catalog.jsonb_array_length(decided.set_tasks) then 'busy'
    when decided.no_blocker and ${any(openBlockers(tables, GUARDED_BUILD))} then 'stale'
    when decided.no_sibling and ${any(buildingSiblings(tables, 'decided.version_id'))} then 'stale'
    ${takenWorkflow(tables)}
    when decided.answer is not null
     and not pg_catalog.pg_try_advisory_xact_lock(${keyLock('decided.tenant_id', `decided.answer->>'operation'`, `decided.answer->>'key'`)}) then 'busy'
    else 'ok' end as verdict
  from decided
  ${lockedRow('p.*', tables.all.projects, 'p', 'project_id', 'true')}
  ${lockedRow('v.id, v.row_version', tables.all.versions, 'v', 'version_id', 'decided.version_row is not null and (decided.project_id is null or p.id is not null)')}
  ${lockedRow('q.id, q.row_version', tables.all.quotes, 'q', 'quote_id', 'p.id is not null and (decided.version_row is null or v.id is not null)')}
  ${lockedRow('b.id, b.fence, b.status, b.assignee_id', tables.bindings, 'b', 'binding_id', HOLDS_PARENTS)}
  left join lateral (
    select pg_catalog.count(mine.id) as locked from task_change c cross join lateral (
      select x.id from ${tables.tasks} x
       where x.id = c.id and x.tenant_id = c.tenant_id and p.id is not null
          and (decided.guard_binding <> 'held' or b.id is not null) for no key update skip locked) mine
     where c.n = decided.n) t on true
)`;

/** The build of a decision, whose project was locked. */
const GUARDED_BUILD = { tenantId: 'p.tenant_id', projectId: 'p.id', versionId: 'decided.version_id' };

/** A binding is locked after the project, version and quote that the decision names. */
const HOLDS_PARENTS = `decided.guard_binding = 'held' and (decided.project_id is null or p.id is not null)
       and (decided.version_row is null or v.id is not null) and (decided.quote_id is null or q.id is not null)`;

/** The workflow is unique among all builds. */
export const takenWorkflow = (tables: Tables): string =>
  `when ${any(`${tables.bindings} x
                 where x.wrk_workflow_id = decided.binding->>'workflowId' and x.id <> decided.binding_id`)} then 'workflow_taken'`;

/** If several items of the batch need the same project, build, workflow or idempotency key, the first one gets it. */
const selection = (tables: Tables): string => `
ranked as materialized (
  select judged.*,
         pg_catalog.row_number() over (partition by coalesce(project_id::text, id::text) order by n) as of_project,
         pg_catalog.row_number() over (partition by case when guard_binding = 'held' then binding_id else id end order by n) as of_build,
         pg_catalog.row_number() over (partition by coalesce(binding->>'workflowId', id::text) order by n) as of_workflow,
         pg_catalog.row_number() over (partition by tenant_id, answer->>'operation', coalesce(answer->>'key', id::text) order by n) as of_key
    from judged where verdict = 'ok'
), keyed as (
  insert into ${tables.answers} (tenant_id, operation, key, body_hash, answer_json)
  select tenant_id, answer->>'operation', answer->>'key', answer->>'bodyHash', answer->'answer'
    from ranked where answer is not null and of_project = 1 and of_build = 1 and of_workflow = 1 and of_key = 1 order by 1, 2, 3
  on conflict do nothing
  returning tenant_id, operation, key
), accepted as materialized (
  select ranked.* from ranked left join keyed on keyed.tenant_id = ranked.tenant_id
     and keyed.operation = answer->>'operation' and keyed.key = answer->>'key'
   where of_project = 1 and of_build = 1 and of_workflow = 1 and of_key = 1 and (answer is null or keyed.key is not null)
)`;

/**
 * The writes. All of them read from `accepted`, so nothing is written for a decision that failed any check.
 *
 * `updated_at` of a binding is the time of the write, not the start of the transaction: the host's transaction may have been
 * open for a long time, and polling for changes looks back only a limited time.
 */
const writes = (tables: Tables): string => {
  const { write } = tables;
  return `
set_project as (
  ${write.updateProject({ status: 'accepted.project_status', progress: 'accepted.progress' })}
    from accepted where ${write.is.project('accepted.project_id', 'accepted.tenant_id')} and accepted.progress is not null
  returning accepted.n
), set_version as (
  ${write.updateVersion('accepted.version_status')}
    from accepted where ${write.is.version('accepted.version_id', 'accepted.tenant_id')} and accepted.version_status is not null
  returning accepted.n
), ${bindingWrites(tables)}, assign as (
  update ${tables.bindings} b set assignee_id = (accepted.assignee->>'id')::${tables.idType}, updated_at = pg_catalog.clock_timestamp()
    from accepted
   where accepted.binding is null and accepted.assignee is not null and b.id = accepted.binding_id and b.tenant_id = accepted.tenant_id
  returning b.id
), add_tasks as (
  ${write.insertTask(newTask(tables))}
    from accepted, pg_catalog.jsonb_to_recordset(accepted.create_tasks) as t (slug text, title text, category text, status text)
   where not ${any(`${tables.tasks} x where ${isOfBuild(tables, 'x', ACCEPTED_BUILD)}
           and x.kind = 'build_checklist' and x.template_slug = t.slug`)}
  on conflict do nothing
), set_tasks as (
  ${write.updateTask('task_change.status')}
    from task_change join accepted on accepted.n = task_change.n
   where ${write.is.task('task_change.id', 'task_change.tenant_id')}
  returning task_change.n
), ${callWrite(tables)}, add_audit as (
  ${insertAudit(tables, `select x.* from accepted, ${auditRecord(tables, 'accepted.audit')} where accepted.audit is not null`)}
), ${messageWrite(tables)}`;
};

/** The binding of each accepted decision that has one. */
export const bindingWrites = (tables: Tables): string => `
state as (
  select accepted.binding_id, accepted.tenant_id, accepted.version_id, accepted.project_id, accepted.guard_binding, accepted.id as decision_id, accepted.assignee,
         s.*, pg_catalog.now() + coalesce(s."runInMs", 0) * interval '1 millisecond' as run_at,
         pg_catalog.now() + s."followUpInMs" * interval '1 millisecond' as follow_up_at
    from accepted, pg_catalog.jsonb_to_record(accepted.binding) as s (
      status text, run int, fence int, priority int, "runInMs" int, "followUpInMs" int, "requestId" text, "requestedBy" ${tables.idType},
      orchestration text, "keyGeneration" int, "duplicateRiskRun" int,
      "cameFromVersionStatus" text, "cameFromProjectStatus" text, "errorReason" text, "errorDetails" jsonb,
      "workflowId" text, "workflowUrl" text, "adoption" jsonb)
   where accepted.binding is not null
), add_binding as (
  insert into ${tables.bindings} (
    id, tenant_id, automation_version_id, project_id, status, run, fence, priority, run_at, decision_id, request_id, requested_by, assignee_id,
    orchestration, key_generation, duplicate_risk_run, came_from_version_status, came_from_project_status, error_reason, error_details, wrk_workflow_id, wrk_workflow_url, adoption, updated_at)
  select binding_id, tenant_id, version_id, project_id, status, run, fence, priority, run_at, decision_id, "requestId", "requestedBy", (assignee->>'id')::${tables.idType},
         orchestration, "keyGeneration", "duplicateRiskRun", "cameFromVersionStatus", "cameFromProjectStatus", "errorReason", "errorDetails", "workflowId", "workflowUrl", "adoption", pg_catalog.clock_timestamp()
    from state where guard_binding = 'absent'
  returning id
), set_binding as (
  update ${tables.bindings} b
     set project_id = coalesce(s.project_id, b.project_id), status = s.status, run = s.run, fence = s.fence, priority = s.priority, run_at = s.run_at, lease_until = null, follow_up_at = s.follow_up_at, follow_ups = 0, decision_id = s.decision_id,
         request_id = s."requestId", requested_by = s."requestedBy", assignee_id = case when s.assignee is null then b.assignee_id else (s.assignee->>'id')::${tables.idType} end,
         orchestration = s.orchestration, key_generation = s."keyGeneration", duplicate_risk_run = s."duplicateRiskRun",
         came_from_version_status = s."cameFromVersionStatus", came_from_project_status = s."cameFromProjectStatus",
         error_reason = s."errorReason", error_details = s."errorDetails",
         adoption = s."adoption", wrk_workflow_id = s."workflowId", wrk_workflow_url = s."workflowUrl", updated_at = pg_catalog.clock_timestamp()
    from state s where b.id = s.binding_id and b.tenant_id = s.tenant_id and s.guard_binding = 'held'
  returning b.id
)`;

/**
 * The ledger row that each accepted decision closes. A closed one keeps its first answer, but for a workflow that is found
 * where the outcome was unknown.
 */
export const callWrite = (tables: Tables): string => `
close_call as (
  update ${tables.calls} c
     set outcome = accepted.call->>'outcome', detail = accepted.call->>'detail',
         wrk_workflow_id = accepted.call->>'workflowId', wrk_workflow_url = accepted.call->>'workflowUrl',
         http_status = (accepted.call->>'httpStatus')::int, wrk_request_id = accepted.call->>'wrkRequestId',
         duration_ms = (accepted.call->>'durationMs')::int, findings = nullif(accepted.call->'findings', '[]'),
         decision_id = accepted.id, closed_at = pg_catalog.now()
    from accepted
   where c.id = accepted.call_id and c.tenant_id = accepted.tenant_id
     and (c.closed_at is null or (c.outcome = 'unknown' and accepted.call->>'outcome' = 'created'))
)`;

/** The messages of the accepted decisions. */
export const messageWrite = (tables: Tables): string => `
add_messages as (
  ${insertMessages(tables, `select x.* from accepted, ${messageRecords(tables, 'accepted.messages')}`)}
)`;

/**
 * The first table that did not take all of its rows, or null. Every row counted here was locked before, so that only a
 * trigger, a rule or row level security of the host's can have dropped its write. Tasks that are added and audit entries
 * are not counted: a task may exist, and an insert into a partition by inheritance returns no row.
 */
const lostWrites = ({ names }: Tables): string => {
  const lost = (written: string, wanted: string, table: string) =>
    `when (select pg_catalog.count(*) from ${written}) < (select pg_catalog.count(*) from ${wanted}) then ${literal(table)}`;
  return `
lost as materialized (
  select case
    ${lost('set_project', 'accepted where project_id is not null and progress is not null', names.projects)}
    ${lost('set_version', 'accepted where version_status is not null', names.versions)}
    ${lost('set_tasks', 'task_change join accepted using (n)', names.tasks)}
    ${lost('add_binding', `state where guard_binding = 'absent'`, names.bindings)}
    ${lost('set_binding', `state where guard_binding = 'held'`, names.bindings)}
    ${lost('assign', 'accepted where binding is null and assignee is not null', names.bindings)}
    end as write
)`;
};

const ACCEPTED_BUILD = {
  tenantId: 'accepted.tenant_id',
  projectId: 'accepted.project_id',
  versionId: 'accepted.version_id',
};

/**
 * An existing task is not added again. The host may have no unique index that prevents it, but whoever adds tasks also
 * writes the project, and a project written since the facts were read makes the decision stale.
 */
const newTask = (tables: Tables): NewTask => ({
  tenantId: ACCEPTED_BUILD.tenantId,
  projectId: ACCEPTED_BUILD.projectId,
  automationVersionId: ACCEPTED_BUILD.versionId,
  automationId: `(select v.automation_id from ${tables.versions} v where v.id = accepted.version_id and v.tenant_id = accepted.tenant_id)`,
  requestedBy: `(accepted.binding->>'requestedBy')::${tables.idType}`,
  kind: "'build_checklist'",
  slug: 't.slug',
  category: 't.category',
  title: 't.title',
  status: 't.status',
  now: 'pg_catalog.now()',
});
