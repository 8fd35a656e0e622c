import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { expectedCapacity } from './expected-capacity.js';
import { type CapacitySteps, limitParameters, unlimited } from './limit-capacity.js';
import { free, roundRobinSteps } from './round-robin.js';

/** The statements of the outbox, each also within the limits of builds: the parameters of those come last. */
export interface OutboxStatements {
  readonly handOver: Statement;
  readonly handOverWithinLimits: Statement;
  readonly claimByIds: Statement;
  readonly claimByIdsWithinLimits: Statement;
}

/** What the engine has and no claim has taken yet, which the hand-over counts as taken. */
const promised = {
  ofAll: '(select pg_catalog.count(*) from in_engine)',
  ofTenant: (tenant: string) =>
    `coalesce((select h.howmany from in_engine_of_tenant h where h.tenant_id = ${tenant}), 0)`,
};

export function outboxStatements(tables: Tables): OutboxStatements {
  const replanned = true;
  return {
    handOver: { name: 'wrk_builds_hand_over', replanned, text: handOver(tables, unlimited) },
    handOverWithinLimits: {
      name: 'wrk_builds_hand_over_within_limits',
      replanned,
      text: handOver(tables, expectedCapacity(tables, limitParameters(5), promised)),
    },
    claimByIds: { name: 'wrk_builds_claim_by_ids', replanned, text: claimByIds(tables, unlimited) },
    claimByIdsWithinLimits: {
      name: 'wrk_builds_claim_by_ids_within_limits',
      replanned,
      text: claimByIds(tables, expectedCapacity(tables, limitParameters(4))),
    },
  };
}

/** A message `m` that no engine holds, as far as we know. */
const notHanded = `(m.handed_until is null or m.handed_until <= pg_catalog.now())`;

/** A message `m` that is not due yet and has not been handed over. */
const upcoming = `m.dead_at is null and m.run_at > pg_catalog.now() and m.lease_until is null and m.handed_until is null`;

/** A message `m` that the engine delivered before it was due: two clocks always differ. */
const early = `m.dead_at is null and m.run_at > pg_catalog.now() and m.handed_until is not null`;

/** A message `m` that the engine was given twice for nothing. */
const lost = `m.handed_until is not null and m.hand_overs >= 2`;

/** The picked ids go through arrays; see `roundRobinSteps` for the reason. */
const handOver = (tables: Tables, capacity: CapacitySteps): string => {
  const { messages, idType } = tables;
  return `
with recursive in_engine as materialized (
  select m.tenant_id from ${messages} m
   where m.queue || ' handed' = $1::text || ' handed' and m.handed_until is not null and m.dead_at is null
     and m.run_at <= pg_catalog.now() and m.handed_until > pg_catalog.now()
   limit $2::int
), in_engine_of_tenant as materialized (
  select tenant_id, pg_catalog.count(*) as howmany from in_engine group by tenant_id
), ${roundRobinSteps(tables, {
    queue: '$1::text',
    limit: '(select greatest(0, $2::int - pg_catalog.count(*))::int from in_engine)',
    lastTenant: `$4::${idType}`,
    pickable: `${free} and ${notHanded}`,
    columns: `m.id, ${lost} as is_lost`,
    capacity,
  })}, next as materialized (
  select m.id from (
    select m.id, m.run_at from ${messages} m
     where m.queue = $1::text and m.dead_at is null and m.run_at > pg_catalog.now() order by m.run_at limit $2::int) soon
    cross join lateral (
      select m.id from ${messages} m where m.id = soon.id and ${upcoming} for update skip locked) m
), handed as (
  update ${messages} m
     set handed_until = greatest(m.run_at, pg_catalog.now()) + $3::float8 * interval '1 millisecond',
         hand_overs = case when m.handed_until is null then 1 else m.hand_overs + 1 end
    from pg_catalog.unnest(array(select id from due where not is_lost order by rank) || array(select id from next)) with ordinality as picked (id, rank)
   where m.id = picked.id
  returning m.id, m.tenant_id, m.run_at, picked.rank
)
select id::text, tenant_id::text as "tenantId", pg_catalog.ceil(greatest(0, extract(epoch from run_at - pg_catalog.now()) * 1000))::float8 as "delayMs",
       run_at > pg_catalog.now() as is_later, rank
  from handed
union all
select id::text, null, null, false, rank from due where is_lost
 order by is_later, rank`;
};

const claimByIds = (tables: Tables, capacity: CapacitySteps): string => {
  const { messages } = tables;
  return `
with named as materialized (
  select id, rank from pg_catalog.unnest(array(
      select wanted.id::bigint from pg_catalog.jsonb_array_elements_text($2::text::jsonb) with ordinality as wanted (id, rank) order by wanted.rank
    )) with ordinality as named (id, rank)
), locked as materialized (
  select named.rank, m.id, m.tenant_id, m.is_free
    from named cross join lateral (
      select m.id, m.tenant_id, m.run_at <= pg_catalog.now() as is_free from ${messages} m
       where m.id = named.id and m.queue = $1::text and ((${free}) or (${early})) for update skip locked) m
), free_one as materialized (
  select id, tenant_id, pg_catalog.min(rank) as rank, pg_catalog.row_number() over (partition by tenant_id order by pg_catalog.min(rank)) as position
    from locked where is_free group by id, tenant_id
), ${capacity.ofAll('free_one')}, ${capacity.ofTenants('free_one')}, permitted as materialized (
  select free_one.id, free_one.rank
    from free_one join capacity_of_tenant capacity on capacity.tenant_id = free_one.tenant_id
   where free_one.position <= coalesce(capacity.capacity, free_one.position)
   order by free_one.position, free_one.rank limit (select capacity from capacity_of_all)
), unmarked as (
  update ${messages} m set handed_until = null
    from pg_catalog.unnest(array(select id from locked where id not in (select id from permitted))) as other (id)
   where m.id = other.id
), claimed as (
  update ${messages} m
     set lease_until = pg_catalog.now() + $3::int * interval '1 millisecond', delivery_count = m.delivery_count + 1, handed_until = null
    from pg_catalog.unnest(array(select id from permitted order by rank)) with ordinality as picked (id, rank)
   where m.id = picked.id
  returning m.id, m.queue, m.tenant_id, m.body, m.delivery_count, picked.rank
)
select id::text, queue, tenant_id::text as "tenantId", body::text, delivery_count as "deliveryCount", rank from claimed
union all
select distinct named.id::text, null, null, null, null::int, null::bigint
  from named cross join lateral (
    select m.id from ${messages} m where m.id = named.id and m.queue = $1::text and ${free}) m
 where named.id not in (select id from locked)
 order by rank`;
};
