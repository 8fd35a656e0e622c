import { BUILD_REQUESTS, MESSAGE_VERSION } from '../../../core/build/messages.js';
import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { countProbes } from './circuit-breaker-capacity.js';
import { claimable, claimSteps } from './claim-builds.js';
import { addBuckets, limitParameters, spendTokens } from './limit-capacity.js';
import { literal } from './quoting.js';
import { free, roundRobinSteps } from './round-robin.js';

/**
 * Whether the body of `m` has the form that this version writes and matches its own row. The `case` keeps `-` away from a
 * body that is not an object: it would fail, and one such message would block every claim.
 */
const readable = `case when jsonb_typeof(m.body) = 'object' then
           m.body->>'v' = '${MESSAGE_VERSION}' and m.body->>'kind' = 'build_request'
           and m.body->>'bindingId' = m.binding_id::text and m.body->>'tenantId' = m.tenant_id::text
           and jsonb_typeof(m.body->'requestId') = 'string'
           and m.body - '{v,kind,bindingId,tenantId,requestId}'::text[] = '{}' end`;

/** A claimed build, or a message that could not be processed. */
export interface ClaimedRow {
  readonly facts: string | null;
  readonly blueprint_json: string | null;
  readonly unprocessable_message: string | null;
  /** In one extra row: the tenant that was served last, and the number of missing buckets that were added. */
  readonly last_tenant: string | null;
  readonly added_buckets: number | null;
}

/**
 * Claims the builds of due messages in one statement. The message of a claimed build is deleted with the claim.
 *
 * What happens to the other messages depends on their binding. Ended, or carried out by people: the message is deleted.
 * Leased or not due yet: it is moved to the time when the build becomes claimable, so that a dead holder is followed up
 * without a sweep. Locked at this moment: it is left for the next poll. No such binding in the tenant, or a body of another
 * form: it is returned, to be settled by id.
 */
export function claimDueBuilds(tables: Tables): Statement {
  const limits = limitParameters(4);
  const text = `
with recursive ${roundRobinSteps(tables, {
    queue: literal(BUILD_REQUESTS),
    limit: '$1::int',
    lastTenant: `$3::${tables.idType}`,
    pickable: free,
    columns: `m.id, m.tenant_id, m.binding_id, ${readable} as readable`,
    limits,
  })}, wanted as (
  select tenant_id, binding_id from due where readable
), ${claimSteps(tables, 'wanted', '$2::int')},
matched as materialized (
  select due.id, due.binding_id, b.id as found, b.status = 'pending' and b.orchestration = 'automatic' as is_waited_for, b.run_at, b.lease_until, ${claimable} as claimable
    from due left join ${tables.bindings} b on due.readable and b.id = due.binding_id and b.tenant_id = due.tenant_id
), deleted as (
  delete from ${tables.messages} m using matched
   where m.id = matched.id and (not matched.is_waited_for or matched.binding_id in (select binding_id from claimed_facts))
), moved as (
  update ${tables.messages} m set run_at = greatest(matched.run_at, matched.lease_until), lease_until = null, handed_until = null
    from matched where m.id = matched.id and matched.is_waited_for and not matched.claimable
), ${spendTokens(tables, 'held')}, ${countProbes(tables, 'held', '$2::int')}, added as (
  ${addBuckets(tables, limits, 'anything', 'due_tenant')}
), unprocessable as (
  update ${tables.messages} m
     set lease_until = now() + $2::int * interval '1 millisecond', delivery_count = m.delivery_count + 1, handed_until = null
    from matched where m.id = matched.id and matched.found is null
  returning json_build_object('id', m.id::text, 'queue', m.queue, 'tenantId', m.tenant_id, 'body', m.body, 'deliveryCount', m.delivery_count)::text as unprocessable_message
)
select facts, blueprint_json, null as unprocessable_message, null as last_tenant, null::int as added_buckets from claimed_facts
union all
select null, null, unprocessable_message, null, null from unprocessable
union all
select null, null, null, (select tenant_id::text from due order by rank desc limit 1), (select count(*) from added)::int`;
  return { name: 'wrk_builds_claim_due_builds', text, replanned: true };
}
