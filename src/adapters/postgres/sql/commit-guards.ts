import type { Tables } from '../mapping/tables.js';
import { buildingSiblings, openBlockers } from './facts.js';
import { keyLock } from './key-lock.js';

/** The decisions, one row each; `$1` is the result of `decisionRows`. */
export const decisions = ({ idType: id }: Tables): string => `
decided as materialized (
  select * from jsonb_to_recordset($1::text::jsonb) as decided (
    n int, id uuid, tenant_id ${id}, version_id ${id}, binding_id uuid,
    guard_binding text, guard_fence int, guard_status text, guard_assignee jsonb, version_row text,
    project_id ${id}, project_row text, quote_id ${id}, quote_row text, no_blocker boolean, no_sibling boolean,
    version_status text, project_status text, progress int,
    binding jsonb, assignee jsonb, create_tasks jsonb, set_tasks jsonb, call_id uuid, call jsonb, answer jsonb, audit jsonb, messages jsonb)
)`;

/** One row by its id within the decision's tenant, locked unless another transaction holds it. */
const lockedRow = (columns: string, table: string, alias: string, id: string, onlyIf: string) => `
  left join lateral (
    select ${columns} from ${table} ${alias}
     where ${alias}.id = decided.${id} and ${alias}.tenant_id = decided.tenant_id and ${onlyIf}
       for no key update skip locked) ${alias} on true`;

/** Whether such a row exists. A scalar subquery is evaluated per decision and never scans a whole table. */
const any = (from: string) => `(select true from ${from} limit 1) is not null`;

/** A row that could not be locked is held by another transaction, or no longer exists. */
const heldOrGone = (table: string, id: string) =>
  `case when ${any(`${table} x where x.id = decided.${id} and x.tenant_id = decided.tenant_id`)} then 'busy' else 'stale' end`;

/**
 * Locks the rows that each decision depends on, and compares them. `skip locked`: a row held by another transaction makes
 * its decision `busy` and delays no other decision. A row that has changed since the snapshot is read in its newest state,
 * so the comparison sees what an `update … where` alone would not.
 *
 * The project is locked first, and only a decision that holds it locks anything else. Otherwise two rivals could each hold
 * a part of what both need, and both would be `busy`.
 */
export const judgement = (tables: Tables): string => `
task_change as materialized (
  select decided.n, decided.tenant_id, change."taskId" as id, change.status
    from decided, jsonb_to_recordset(decided.set_tasks) as change ("taskId" ${tables.idType}, status text)
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
    when t.locked < jsonb_array_length(decided.set_tasks) then 'busy'
    when decided.no_blocker and ${any(openBlockers(tables))} then 'stale'
    when decided.no_sibling and ${any(buildingSiblings(tables, 'decided.version_id'))} then 'stale'
    when ${any(`${tables.bindings} x
                 where x.wrk_workflow_id = decided.binding->>'workflowId' and x.id <> decided.binding_id`)} then 'workflow_taken'
    when decided.answer is not null
     and not pg_try_advisory_xact_lock(${keyLock('decided.tenant_id', `decided.answer->>'operation'`, `decided.answer->>'key'`)}) then 'busy'
    else 'ok' end as verdict
  from decided
  ${lockedRow('p.*', tables.projects, 'p', 'project_id', 'true')}
  ${lockedRow('v.id, v.row_version', tables.versions, 'v', 'version_id', 'decided.version_row is not null and (decided.project_id is null or p.id is not null)')}
  ${lockedRow('q.id, q.row_version', tables.quotes, 'q', 'quote_id', 'p.id is not null')}
  ${lockedRow('b.id, b.fence, b.status, b.assignee_id', tables.bindings, 'b', 'binding_id', `decided.guard_binding = 'held' and (decided.project_id is null or p.id is not null)`)}
  left join lateral (
    select count(mine.id) as locked from task_change c cross join lateral (
      select x.id from ${tables.tasks} x
       where x.id = c.id and x.tenant_id = c.tenant_id and p.id is not null for no key update skip locked) mine
     where c.n = decided.n) t on true
)`;

/** If several items of the batch need the same project, build, workflow or idempotency key, the first one gets it. */
export const selection = (tables: Tables): string => `
ranked as materialized (
  select judged.*,
         row_number() over (partition by coalesce(project_id::text, id::text) order by n) as of_project,
         row_number() over (partition by case when guard_binding = 'held' then binding_id else id end order by n) as of_build,
         row_number() over (partition by coalesce(binding->>'workflowId', id::text) order by n) as of_workflow,
         row_number() over (partition by tenant_id, answer->>'operation', coalesce(answer->>'key', id::text) order by n) as of_key
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
