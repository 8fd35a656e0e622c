import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import {
  bindingWrites,
  callWrite,
  decisions,
  heldOrGone,
  lockedRow,
  messageWrite,
  takenWorkflow,
} from './commit.js';
import { tellListeners } from './tell-listeners.js';

/**
 * Commits decisions that touch the library's rows alone. It names no table of the host's: a statement that does is refused
 * for a table that is gone or a privilege that was revoked, whether or not a row of it is written.
 */
export function commitOwnRows(tables: Tables): Statement {
  const text = `
with ${decisions(tables)}, judged as materialized (
  select decided.*, case
    when decided.guard_binding = 'held' and b.id is null then ${heldOrGone(tables.bindings, 'binding_id')}
    when decided.guard_binding = 'held' and (b.fence, b.status) <> (decided.guard_fence, decided.guard_status) then 'stale'
    ${takenWorkflow(tables)}
    else 'ok' end as verdict
  from decided
  ${lockedRow('b.id, b.fence, b.status', tables.bindings, 'b', 'binding_id', `decided.guard_binding = 'held'`)}
), ranked as materialized (
  select judged.*,
         pg_catalog.row_number() over (partition by case when guard_binding = 'held' then binding_id else id end order by n) as of_build,
         pg_catalog.row_number() over (partition by coalesce(binding->>'workflowId', id::text) order by n) as of_workflow
    from judged where verdict = 'ok'
), accepted as materialized (
  select * from ranked where of_build = 1 and of_workflow = 1
), ${bindingWrites(tables)}, ${callWrite(tables)}, ${messageWrite(tables)},
${tellListeners(tables, 'add_messages')}
select judged.n, case
    when accepted.n is not null then 'ok'
    when judged.verdict <> 'ok' then judged.verdict
    when ranked.of_build > 1 then 'stale'
    else 'workflow_taken' end as verdict
  from judged left join ranked on ranked.n = judged.n left join accepted on accepted.n = judged.n cross join told
 where told.queues is not null
 order by judged.n`;
  return { name: 'wrk_builds_commit_own_rows', text };
}
