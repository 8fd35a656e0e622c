import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { buildColumns, buildJoins } from './build-facts.js';

/** Reads many builds, each with its index `n` in the query. */
export function loadBuilds(tables: Tables): Statement {
  const text = `
select asked.n, ${buildColumns(tables)}
from jsonb_to_recordset($1::text::jsonb) as asked (n int, tenant_id ${tables.idType}, binding_id uuid)
join ${tables.bindings} b on b.id = asked.binding_id and b.tenant_id = asked.tenant_id
${buildJoins(tables)}`;
  return { name: 'wrk_builds_load_builds', text };
}
