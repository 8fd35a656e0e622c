import type { Tables } from '../mapping/tables.js';
import type { CapacitySteps } from './limit-capacity.js';

/** A message `m` that may be claimed now. */
export const free = `m.dead_at is null and m.run_at <= pg_catalog.now() and (m.lease_until is null or m.lease_until <= pg_catalog.now())`;

/** Compares the queue of `m` in a form that only the index `messages_round_robin` can serve. */
const roundRobinOf = (queue: string) => `m.queue || ' round robin' = ${queue} || ' round robin'`;

/** The pickable messages of the tenant and priority in `pair`, longest due first. */
const dueOf = ({ queue, pickable }: Pick<RoundRobinParameters, 'queue' | 'pickable'>, pair: string) =>
  `${roundRobinOf(queue)} and m.tenant_id = ${pair}.tenant_id and m.priority = ${pair}.priority and ${pickable}
         order by m.run_at`;

/** The parameters of a claim, each as SQL. */
export interface RoundRobinParameters {
  readonly queue: string;
  readonly limit: string;
  /** The tenant that was served last; null starts with the first one. */
  readonly lastTenant: string;
  /** The condition for messages `m`: `free`, or stricter. */
  readonly pickable: string;
  /** The columns of `m` that the claim continues with. */
  readonly columns: string;
  /** What limits the claim besides `limit`. */
  readonly capacity: CapacitySteps;
}

/**
 * Picks and locks due messages, round-robin by tenant, as CTEs of a `with recursive`. The last CTE is `due`, with `columns`
 * and the `rank` in which messages were picked.
 *
 * It walks backwards along the index `messages_round_robin` from one pair of tenant and priority to the next, and checks
 * for each pair whether a message is due; of 100,000 messages it reads only those it needs. It starts at the tenant after
 * the last one, goes round to that one, and stops once it has found as many tenants as messages are wanted. It reads a few
 * more messages of each tenant than its share, since concurrent claims skip what the others have locked.
 *
 * Only one index can serve each lookup, so the planner has to use it whatever its statistics say: a queue that was empty at
 * the last ANALYZE may hold 40,000 messages now. The picked ids go through an array, for which the planner expects ten
 * elements, so that they are processed row by row and never by a scan of the whole table.
 */
export function roundRobinSteps(tables: Tables, parameters: RoundRobinParameters): string {
  const { queue, limit, lastTenant, pickable, columns, capacity } = parameters;
  const nextPair = (below: string) => `(
      select m.tenant_id, m.priority from ${tables.messages} m
       where ${roundRobinOf(queue)} and m.dead_at is null ${below}
       order by m.tenant_id desc, m.priority desc limit 1) pair`;
  const look = `cross join lateral (
      select ${capacity.mayClaim('pair.tenant_id')} and (
        select true from ${tables.messages} m where ${dueOf(parameters, 'pair')} limit 1) is not null as is_due) looked`;
  const step = (walk: string) => `
  select pair.tenant_id, pair.priority, looked.is_due,
         ${walk}.found + (looked.is_due and not (${walk}.is_due and ${walk}.tenant_id = pair.tenant_id))::int
    from ${walk} cross join lateral ${nextPair(`and (m.tenant_id, m.priority) < (${walk}.tenant_id, ${walk}.priority)`)}
   ${look}
   where ${walk}.found < ${limit}`;
  return `
anything as materialized (
  select m.tenant_id from ${tables.messages} m where m.queue = ${queue} and ${pickable} order by m.run_at limit 1
), ${capacity.ofAll('anything')}, start as materialized (
  select from anything where (select capacity from capacity_of_all) is distinct from 0
), behind as (
  select ${lastTenant} as tenant_id, -2147483648 as priority, false as is_due, 0 as found
    from start where ${lastTenant} is not null
  union all ${step('behind')}
), round as (
  select pair.tenant_id, pair.priority, looked.is_due, before.found + looked.is_due::int as found
    from start cross join (select coalesce(pg_catalog.max(found), 0) as found from behind) before
    cross join lateral ${nextPair('')}
   ${look}
   where before.found < ${limit} and (${lastTenant} is null or pair.tenant_id >= ${lastTenant})
  union all ${step('round')} and (${lastTenant} is null or pair.tenant_id >= ${lastTenant})
), due_pair as materialized (
  select tenant_id, priority, 0 as lap from behind where is_due
  union all
  select tenant_id, priority, 1 as lap from round where is_due
), due_tenant as materialized (
  select distinct tenant_id, lap from due_pair
), ${capacity.ofTenants('due_tenant')}, candidate as materialized (
  select m.id, due_pair.tenant_id, due_pair.lap,
         pg_catalog.row_number() over (partition by due_pair.tenant_id order by due_pair.priority desc, m.run_at, m.id) as position
    from due_pair cross join lateral (
      select m.id, m.run_at from ${tables.messages} m where ${dueOf(parameters, 'due_pair')}
       limit (select 1 + 4 * ${limit} / greatest(1, pg_catalog.count(*)) from due_tenant)) m
), ranked as materialized (
  select candidate.id, pg_catalog.row_number() over (order by position, lap, candidate.tenant_id desc) as rank
    from candidate join capacity_of_tenant capacity on capacity.tenant_id = candidate.tenant_id
   where candidate.position <= coalesce(capacity.capacity, candidate.position)
), due as materialized (
  select picked.rank, m.*
    from pg_catalog.unnest(array(select id from ranked order by rank)) with ordinality as picked (id, rank) cross join lateral (
      select ${columns} from ${tables.messages} m where m.id = picked.id and ${pickable} for update skip locked) m
   order by picked.rank limit least(${limit}, (select capacity from capacity_of_all))
)`;
}
