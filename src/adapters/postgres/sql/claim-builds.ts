import type { Tables } from '../tables.js';
import { buildColumns, buildJoins } from './build-facts.js';

/** Bindings that a worker may take now. */
export const claimable = `b.status = 'pending' and b.run_at <= now() and (b.lease_until is null or b.lease_until <= now())`;

/**
 * The claim, as CTEs: locks the bindings that `wanted (tenant_id, binding_id)` names and that may be taken, takes their
 * lease, bumps their fence and opens their ledger row.
 *
 * A binding that somebody else has locked is skipped and not waited for: whoever holds it is claiming it, or changing
 * it so that it has to be looked at again.
 */
export const claimSteps = (tables: Tables, wanted: string, leaseMs: string): string => `
takeable as materialized (
  select b.id from ${tables.bindings} b
   where (b.tenant_id, b.id) in (select tenant_id, binding_id from ${wanted}) and ${claimable}
   order by b.id for no key update skip locked
), claimed as (
  update ${tables.bindings} b
     set lease_until = now() + ${leaseMs} * interval '1 millisecond', fence = b.fence + 1, updated_at = now()
    from takeable where b.id = takeable.id
  returning b.*
), opened as (
  insert into ${tables.calls} (id, tenant_id, binding_id, run, number, fence, content_hash)
  select gen_random_uuid(), b.tenant_id, b.id, b.run,
         1 + (select count(*) from ${tables.calls} c where c.binding_id = b.id and c.run = b.run), b.fence,
         encode(sha256(convert_to(json_build_array(a.name, v.blueprint_json::text)::text, 'UTF8')), 'hex')
    from claimed b ${buildJoins(tables)}
  returning id, binding_id, number, content_hash
), taken as (
  select b.id as binding_id, ${buildColumns(
    tables,
    `, 'call', json_build_object('id', opened.id, 'number', opened.number, 'contentHash', opened.content_hash)`,
  )}
    from claimed b join opened on opened.binding_id = b.id ${buildJoins(tables)}
)`;
