import type { Tables } from '../mapping/tables.js';
import { buildColumns, buildJoins, contentHash } from './build-facts.js';

/** Bindings that a worker may claim now; those that people carry out never. */
export const claimable = `b.status = 'pending' and b.orchestration = 'automatic' and b.run_at <= now() and (b.lease_until is null or b.lease_until <= now())`;

/**
 * The claim, as CTEs: locks the bindings that `wanted (tenant_id, binding_id)` names and that may be claimed, takes their
 * lease, bumps their fence and opens their ledger row.
 *
 * A binding that somebody else has locked is skipped and not waited for: whoever holds it is claiming it, or changing
 * it so that it has to be looked at again.
 *
 * The claim has the time at which it is written: `now()` may lie before a change that was committed while it was planned,
 * and the times of one build would run backwards.
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
