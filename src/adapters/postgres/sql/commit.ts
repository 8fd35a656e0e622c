import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { decisions, judgement, selection } from './commit-guards.js';
import { writes } from './commit-writes.js';
import { tellListeners } from './tell-listeners.js';

/** The verdict on decision number `n`. */
export interface VerdictRow {
  readonly n: number;
  readonly verdict: 'ok' | 'stale' | 'busy' | 'key_taken' | 'workflow_taken';
}

/** Commits many decisions with their messages and audit entries, in one statement and so in one transaction. */
export function commit(tables: Tables): Statement {
  const text = `
with ${decisions(tables)}, ${judgement(tables)}, ${selection(tables)}, ${writes(tables)},
${tellListeners(tables, 'add_messages')}
select judged.n, case
    when accepted.n is not null then 'ok'
    when judged.verdict <> 'ok' then judged.verdict
    when ranked.of_project > 1 or ranked.of_build > 1 then 'stale'
    when ranked.of_workflow > 1 then 'workflow_taken'
    else 'key_taken' end as verdict
  from judged left join ranked on ranked.n = judged.n left join accepted on accepted.n = judged.n
       cross join told
 where told.queues is not null
 order by judged.n`;
  return { name: 'wrk_builds_commit', text };
}
