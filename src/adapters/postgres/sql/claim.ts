import type { Statement } from '../database.js';
import type { Tables } from '../tables.js';
import { claimSteps } from './claim-builds.js';

/** Claims builds by name, for queues that are not in this database. */
export function claim(tables: Tables): Statement {
  const text = `
with asked as materialized (
  select * from jsonb_to_recordset($1::text::jsonb) as asked (n int, tenant_id ${tables.idType}, binding_id uuid)
), ${claimSteps(tables, 'asked', '$2::int')}
select min(asked.n) as n, taken.facts, taken.blueprint_json
  from taken join asked on asked.binding_id = taken.binding_id
 group by taken.binding_id, taken.facts, taken.blueprint_json`;
  return { name: 'wrk_builds_claim', text };
}
