import { BUILD_IN_PROGRESS } from '../../../core/build/statuses.js';
import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import {
  bindingJson,
  blockersJson,
  checklistJson,
  projectsJson,
  quotesJson,
  siblingsJson,
  versionJson,
} from './facts.js';
import { literal } from './quoting.js';

/** One row for each query and candidate; a query without candidates has one row with empty `facts`. */
export interface RequestRow {
  readonly n: number;
  readonly stored_answer: string | null;
  readonly building_version_id: string | null;
  readonly facts: string | null;
  readonly blueprint_json: string | null;
}

/** Reads the facts for many requests. Every condition includes the tenant. */
export function loadRequests(tables: Tables): Statement {
  const id = tables.idType;
  const text = `
with asked as materialized (
  select * from jsonb_to_recordset($1::text::jsonb) as asked (
    n int, tenant_id ${id}, version_id ${id}, project_id ${id}, startable text[], operation text, key text)
), matched as (
  select asked.n, v.id from asked join ${tables.versions} v on v.id = asked.version_id and v.tenant_id = asked.tenant_id
  union all
  select asked.n, v.id from asked
    join ${tables.projects} p on p.id = asked.project_id and p.tenant_id = asked.tenant_id
    join ${tables.versions} v on ${tables.belongsTo('v', 'p')} and v.status = any (asked.startable)
)
select asked.n,
  (select json_build_object('bodyHash', answer.body_hash, 'answer', answer.answer_json)::text
     from ${tables.answers} answer
    where answer.tenant_id = asked.tenant_id and answer.operation = asked.operation and answer.key = asked.key) as stored_answer,
  (select s.id::text from ${tables.projects} p join ${tables.versions} s on ${tables.belongsTo('s', 'p')}
    where p.id = asked.project_id and p.tenant_id = asked.tenant_id and s.status = ${literal(BUILD_IN_PROGRESS)}
    limit 1) as building_version_id,
  case when v.id is not null then json_build_object(
    'automationVersion', ${versionJson},
    'projects', ${projectsJson(tables)},
    'quotes', ${quotesJson(tables)},
    'binding', case when b.id is not null then ${bindingJson} end,
    'buildingSiblingIds', ${siblingsJson(tables, 'v.id')},
    'openBlockers', ${blockersJson(tables)},
    'checklist', ${checklistJson(tables)})::text end as facts,
  v.blueprint as blueprint_json
from asked
left join matched on matched.n = asked.n
left join (${tables.versions} v join ${tables.automations} a on a.id = v.automation_id and a.tenant_id = v.tenant_id)
  on v.id = matched.id
left join lateral (
  select p.* from ${tables.projects} p where ${tables.belongsTo('v', 'p')} order by p.id limit 1) p on true
left join ${tables.bindings} b on b.automation_version_id = v.id and b.tenant_id = v.tenant_id
order by asked.n, v.id`;
  return { name: 'wrk_builds_load_requests', text };
}
