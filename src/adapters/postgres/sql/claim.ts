import { BUILD_REQUESTS, MESSAGE_VERSION } from '../../../core/build/messages.js';
import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { type BuildRow, buildColumns, buildJoins, contentHash } from './build-facts.js';
import { countProbes } from './circuit-breaker-capacity.js';
import { blueprintJoin } from './facts.js';
import { addBuckets, limitParameters, lockedCapacity, spendTokens } from './limit-capacity.js';
import { literal } from './quoting.js';
import { free, roundRobinSteps } from './round-robin.js';

/** Bindings that a worker may claim now, which never include those that people carry out. */
export const claimable = `b.status = 'pending' and b.orchestration = 'automatic' and b.run_at <= pg_catalog.now() and (b.lease_until is null or b.lease_until <= pg_catalog.now())`;

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
const claimSteps = (tables: Tables, wanted: string, leaseMs: string, maxBlueprintBytes: string): string => `
claimable as materialized (
  select b.id from ${wanted} wanted cross join lateral (
    select b.id from ${tables.bindings} b
     where b.id = wanted.binding_id and b.tenant_id = wanted.tenant_id and ${claimable}
       for no key update skip locked) b
), claimed as (
  update ${tables.bindings} b
     set lease_until = pg_catalog.now() + ${leaseMs} * interval '1 millisecond', fence = b.fence + 1, updated_at = pg_catalog.clock_timestamp()
    from claimable where b.id = claimable.id
  returning b.*
), held as materialized (
  select b.id as binding_id, b.tenant_id, b.run, b.fence, call.id as call_id, call.number, call.content_hash,${buildColumns(
    tables,
    `, 'call', pg_catalog.json_build_object('id', call.id, 'number', call.number)`,
  )}
    from claimed b ${buildJoins(tables)}${blueprintJoin(maxBlueprintBytes)}
    cross join lateral (
      select pg_catalog.gen_random_uuid() as id,
             1 + (select pg_catalog.count(*) from ${tables.calls} c where c.binding_id = b.id and c.run = b.run) as number,
             ${contentHash} as content_hash
    ) call
), opened as (
  insert into ${tables.calls} (id, tenant_id, binding_id, run, number, fence, content_hash)
  select call_id, tenant_id, binding_id, run, number, fence, content_hash from held
), claimed_facts as (
  select binding_id, facts, blueprint_json from held
)`;

/**
 * Whether the body of `m` has the form that this version writes and matches its own row. The `case` keeps `-` away from a
 * body that is not an object: it would fail, and one such message would block every claim.
 */
const readable = `case when pg_catalog.jsonb_typeof(m.body) = 'object' then
           m.body->>'v' = '${MESSAGE_VERSION}' and m.body->>'kind' = 'build_request'
           and m.body->>'bindingId' = m.binding_id::text and m.body->>'tenantId' = m.tenant_id::text
           and pg_catalog.jsonb_typeof(m.body->'requestId') = 'string'
           and m.body - '{v,kind,bindingId,tenantId,requestId}'::text[] = '{}' end`;

/** A claimed build, or a message that could not be processed. */
export interface ClaimedDueRow {
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
    capacity: lockedCapacity(tables, limits),
  })}, wanted as (
  select tenant_id, binding_id from due where readable
), ${claimSteps(tables, 'wanted', '$2::int', '$8::int')},
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
     set lease_until = pg_catalog.now() + $2::int * interval '1 millisecond', delivery_count = m.delivery_count + 1, handed_until = null
    from matched where m.id = matched.id and matched.found is null
  returning pg_catalog.json_build_object('id', m.id::text, 'queue', m.queue, 'tenantId', m.tenant_id, 'body', m.body, 'deliveryCount', m.delivery_count)::text as unprocessable_message
)
select facts, blueprint_json, null as unprocessable_message, null as last_tenant, null::int as added_buckets from claimed_facts
union all
select null, null, unprocessable_message, null, null from unprocessable
union all
select null, null, null, (select tenant_id::text from due order by rank desc limit 1), (select pg_catalog.count(*) from added)::int`;
  return { name: 'wrk_builds_claim_due_builds', text, replanned: true };
}

/** A claimed build, or one that is claimable but over a limit. */
export interface ClaimedRow extends BuildRow {
  readonly over_limit: boolean;
}

const asked = ({ idType }: Tables) => `asked as materialized (
  select * from pg_catalog.jsonb_to_recordset($1::text::jsonb) as asked (n int, tenant_id ${idType}, binding_id uuid)
)`;

/** Claims builds by ids, for queues outside this database; of each tenant only as many as its limits allow. */
export function claim(tables: Tables): Statement {
  const limits = limitParameters(3);
  const capacity = lockedCapacity(tables, limits);
  const text = `
with ${asked(tables)}, eligible as materialized (
  select pg_catalog.min(asked.n) as n, b.id as binding_id, b.tenant_id
    from asked cross join lateral (
      select b.id, b.tenant_id from ${tables.bindings} b
       where b.id = asked.binding_id and b.tenant_id = asked.tenant_id and ${claimable}) b
   group by b.id, b.tenant_id
), ${capacity.ofAll('eligible')}, ${capacity.ofTenants('eligible')}, position as (
  select eligible.*, pg_catalog.row_number() over (partition by tenant_id order by n) as position from eligible
), with_capacity as (
  select position.*, pg_catalog.row_number() over (order by position.position, n) as rank
    from position join capacity_of_tenant capacity on capacity.tenant_id = position.tenant_id
   where position.position <= coalesce(capacity.capacity, position.position)
), wanted as materialized (
  select n, tenant_id, binding_id from with_capacity where rank <= coalesce((select capacity from capacity_of_all), rank)
), ${claimSteps(tables, 'wanted', '$2::int', '$7::int')}, ${spendTokens(tables, 'held')}, ${countProbes(tables, 'held', '$2::int')}
select wanted.n, claimed_facts.facts, claimed_facts.blueprint_json, false as over_limit
  from claimed_facts join wanted on wanted.binding_id = claimed_facts.binding_id
union all
select n, null, null, true from eligible where n not in (select n from wanted)`;
  return { name: 'wrk_builds_claim', text };
}

/** Adds the buckets that are missing for a claim of these builds. */
export function addMissingBuckets(tables: Tables): Statement {
  const limits = { allRate: '$2::float8', tenantRate: '$3::float8' };
  const added = addBuckets(tables, limits, '(select from asked limit 1) wanted', 'asked');
  return { name: 'wrk_builds_add_buckets', text: `with ${asked(tables)}${added}` };
}
