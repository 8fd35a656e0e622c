import type { Tables } from '../mapping/tables.js';
import { buildColumns, buildJoins, contentHash } from './build-facts.js';

/** Bindings that a worker may claim now, which never include those that people carry out. */
export const claimable = `b.status = 'pending' and b.orchestration = 'automatic' and b.run_at <= now() and (b.lease_until is null or b.lease_until <= now())`;

/**
 * The claim, as CTEs: locks the claimable bindings in `wanted (tenant_id, binding_id)`, sets their lease, increments their
 * fence and adds their ledger row.
 *
 * A binding that another transaction has locked is skipped: that transaction is claiming it, or changing it so that it has
 * to be checked again.
 *
 * `updated_at` is the time of the write: `now()` may be earlier than a change that was committed while the statement was
 * being planned, and the times of one build would go backwards.
 */
export const claimSteps = (tables: Tables, wanted: string, leaseMs: string): string => `
claimable as materialized (
  select b.id from ${wanted} wanted cross join lateral (
    select b.id from ${tables.bindings} b
     where b.id = wanted.binding_id and b.tenant_id = wanted.tenant_id and ${claimable}
       for no key update skip locked) b
), claimed as (
  update ${tables.bindings} b
     set lease_until = now() + ${leaseMs} * interval '1 millisecond', fence = b.fence + 1, updated_at = clock_timestamp()
    from claimable where b.id = claimable.id
  returning b.*
), held as materialized (
  select b.id as binding_id, b.tenant_id, b.run, b.fence, call.id as call_id, call.number, call.content_hash,${buildColumns(
    tables,
    `, 'call', json_build_object('id', call.id, 'number', call.number)`,
  )}
    from claimed b ${buildJoins(tables)}
    cross join lateral (
      select gen_random_uuid() as id,
             1 + (select count(*) from ${tables.calls} c where c.binding_id = b.id and c.run = b.run) as number,
             ${contentHash} as content_hash
    ) call
), opened as (
  insert into ${tables.calls} (id, tenant_id, binding_id, run, number, fence, content_hash)
  select call_id, tenant_id, binding_id, run, number, fence, content_hash from held
), claimed_facts as (
  select binding_id, facts, blueprint_json from held
)`;
