import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';

/** Extends the leases that are still held; `$1` are the leases, `$2` their new length in milliseconds. */
export function extendLeases(tables: Tables): Statement {
  const text = `
with held as (
  select * from pg_catalog.jsonb_to_recordset($1::text::jsonb) as held (n int, tenant_id ${tables.idType}, binding_id uuid, fence int))
update ${tables.bindings} b set lease_until = pg_catalog.now() + $2::int * interval '1 millisecond'
  from held
 where b.id = held.binding_id and b.tenant_id = held.tenant_id and b.fence = held.fence
   and b.status = 'pending' and b.lease_until > pg_catalog.now()
returning held.n`;
  return { name: 'wrk_builds_extend_leases', text };
}
