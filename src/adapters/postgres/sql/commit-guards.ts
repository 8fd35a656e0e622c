import type { Tables } from '../tables.js';
import { buildingSiblings, openBlockers } from './facts.js';

/** The decisions, one row each; `$1` is what `decisionRows` makes of them. */
export const decisions = `
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
export const locks = (tables: Tables) => `
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
export const judgement = (tables: Tables) => `
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
export const selection = (tables: Tables) => `
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
