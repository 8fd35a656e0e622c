import type { Tables } from '../mapping/tables.js';
import { type LimitParameters, mayClaim, roomOfAll, roomOfTenants } from './limit-capacity.js';

/** A message `m` that may be handed out now. */
export const free = `m.dead_at is null and m.run_at <= now() and (m.lease_until is null or m.lease_until <= now())`;

/** The queue of `m`, said so that of all indexes only `messages_turns` can answer. */
const inTurnsOf = (queue: string) => `m.queue || ' turns' = ${queue} || ' turns'`;

/** What may be picked of the tenant and priority in `pair`, longest due first. */
const dueOf = ({ queue, pickable }: Pick<TurnParameters, 'queue' | 'pickable'>, pair: string) =>
  `${inTurnsOf(queue)} and m.tenant_id = ${pair}.tenant_id and m.priority = ${pair}.priority and ${pickable}
         order by m.run_at`;

/** What is claimed, each part as SQL. */
export interface TurnParameters {
  readonly queue: string;
  readonly limit: string;
  /** The tenant that had the last turn; null: whoever comes first has the next. */
  readonly lastTenant: string;
  /** Which messages `m` are picked: `free`, or less. */
  readonly pickable: string;
  /** The columns of `m` that the claim goes on with. */
  readonly columns: string;
  /** `null`: nothing but `limit` limits the claim. */
  readonly limits: LimitParameters | null;
}

/**
 * Picks and locks due messages, tenant by tenant in turns, as CTEs of a `with recursive`. The last is `due`: `columns`,
 * and `place`, in whose order they were picked.
 *
 * It steps from one pair of tenant and priority to the next along the index `messages_turns`, backwards, and asks of each
 * pair whether anything of it is due; of 100,000 messages it looks at none that it need not. It goes from the tenant
 * behind the last one round to that one, and stops as soon as it has found as many tenants as messages are wanted. Each
 * of them is looked at for some more than its share, since claims of the same moment skip what the others have locked.
 *
 * Every look can be answered by one index alone, so that it is a look into that index whatever the planner believes of
 * the table: a queue that was empty when it was last counted may hold 40,000 messages now. What is picked goes through an array, of which the planner expects ten elements: so whatever is done to it is done
 * row by row, and never by reading a whole table.
 */
export function turnSteps(tables: Tables, turns: TurnParameters): string {
  const { queue, limit, lastTenant, pickable, columns, limits } = turns;
  const nextPair = (below: string) => `(
      select m.tenant_id, m.priority from ${tables.messages} m
       where ${inTurnsOf(queue)} and m.dead_at is null ${below}
       order by m.tenant_id desc, m.priority desc limit 1) pair`;
  const look = `cross join lateral (
      select ${limits ? `${mayClaim(tables, limits, 'pair.tenant_id')} and ` : ''}(
        select true from ${tables.messages} m where ${dueOf(turns, 'pair')} limit 1) is not null as is_due) looked`;
  const step = (walk: string) => `
  select pair.tenant_id, pair.priority, looked.is_due,
         ${walk}.found + (looked.is_due and not (${walk}.is_due and ${walk}.tenant_id = pair.tenant_id))::int
    from ${walk} cross join lateral ${nextPair(`and (m.tenant_id, m.priority) < (${walk}.tenant_id, ${walk}.priority)`)}
   ${look}
   where ${walk}.found < ${limit}`;
  return `
anything as materialized (
  select m.tenant_id from ${tables.messages} m where m.queue = ${queue} and ${pickable} order by m.run_at limit 1
), ${roomOfAll(tables, limits, 'anything')}, start as materialized (
  select from anything where (select room from room_of_all) is distinct from 0
), behind as (
  select ${lastTenant} as tenant_id, -2147483648 as priority, false as is_due, 0 as found
    from start where ${lastTenant} is not null
  union all ${step('behind')}
), round as (
  select pair.tenant_id, pair.priority, looked.is_due, before.found + looked.is_due::int as found
    from start cross join (select coalesce(max(found), 0) as found from behind) before
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
), ${roomOfTenants(tables, limits, 'due_tenant')}, candidate as materialized (
  select m.id, due_pair.tenant_id, due_pair.lap,
         row_number() over (partition by due_pair.tenant_id order by due_pair.priority desc, m.run_at, m.id) as turn
    from due_pair cross join lateral (
      select m.id, m.run_at from ${tables.messages} m where ${dueOf(turns, 'due_pair')}
       limit (select 1 + 4 * ${limit} / greatest(1, count(*)) from due_tenant)) m
), ranked as materialized (
  select candidate.id, row_number() over (order by turn, lap, candidate.tenant_id desc) as place
    from candidate join room_of_tenant room on room.tenant_id = candidate.tenant_id
   where candidate.turn <= coalesce(room.room, candidate.turn)
), due as materialized (
  select picked.place, m.*
    from unnest(array(select id from ranked order by place)) with ordinality as picked (id, place) cross join lateral (
      select ${columns} from ${tables.messages} m where m.id = picked.id and ${pickable} for update skip locked) m
   order by picked.place limit least(${limit}, (select room from room_of_all))
)`;
}
