import type { QueueName } from '../../../core/build/messages.js';
import type { Outbox } from '../../../ports/outbox.js';
import type { ClaimedMessage } from '../../../ports/queue.js';
import type { PostgresDatabase, Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { free, roundRobinSteps } from '../sql/round-robin.js';

interface HandedRow {
  readonly id: string;
  readonly tenantId: string;
  readonly delayMs: number;
}

/** A claimed message, or a busy one, which has no rank. */
interface NamedRow extends ClaimedMessage {
  readonly rank: string | null;
}

/** The message table as the outbox of an engine. */
export function postgresOutbox(database: PostgresDatabase, tables: Tables): Outbox {
  const sql = outboxStatements(tables);
  /** The tenant that the last hand-over of this process ended with. Each process has its own. */
  const lastTenants = new Map<QueueName, string>();
  return {
    handOver: async (queue, { window, againAfterMs }) => {
      const values = [queue, window, againAfterMs, lastTenants.get(queue) ?? null];
      const rows = await database.query<HandedRow>(sql.handOver, values);
      const last = rows.findLast((row) => row.delayMs === 0);
      if (last) lastTenants.set(queue, last.tenantId);
      return rows.map(({ id, delayMs }) => ({ id, delayMs }));
    },
    claimByIds: async (queue, ids, { leaseMs }) => {
      // An id that cannot belong to this database matches nothing, and must not fail the others.
      const named = ids.filter((id) => /^\d{1,18}$/.test(id));
      if (named.length === 0) return { messages: [], busy: [] };
      const values = [queue, JSON.stringify(named), leaseMs];
      const rows = await database.query<NamedRow>(sql.claimByIds, values);
      return {
        messages: rows.flatMap(({ rank, body, ...row }) =>
          rank === null ? [] : [{ ...row, body: JSON.parse(String(body)) }],
        ),
        busy: rows.flatMap(({ id, rank }) => (rank === null ? [id] : [])),
      };
    },
  };
}

/** The statements of the outbox. */
export interface OutboxStatements {
  readonly handOver: Statement;
  readonly claimByIds: Statement;
}

/** A message `m` that no engine holds, as far as we know. */
const notHanded = `(m.handed_until is null or m.handed_until <= pg_catalog.now())`;

/** A message `m` that is not due yet and has not been handed over. */
const upcoming = `m.dead_at is null and m.run_at > pg_catalog.now() and m.lease_until is null and m.handed_until is null`;

/** A message `m` that the engine delivered before it was due: two clocks always differ. */
const early = `m.dead_at is null and m.run_at > pg_catalog.now() and m.handed_until is not null`;

/** The picked ids go through arrays; see `roundRobinSteps` for the reason. */
export function outboxStatements(tables: Tables): OutboxStatements {
  const { messages, idType } = tables;
  return {
    handOver: {
      name: 'wrk_builds_hand_over',
      replanned: true,
      text: `
with recursive capacity_left as materialized (
  select $2::int - (
    select pg_catalog.count(*) from (
      select from ${messages} m
       where m.queue || ' handed' = $1::text || ' handed' and m.handed_until is not null and m.dead_at is null
         and m.run_at <= pg_catalog.now() and m.handed_until > pg_catalog.now()
       limit $2::int) handed)::int as capacity
), ${roundRobinSteps(tables, {
        queue: '$1::text',
        limit: '(select greatest(0, capacity) from capacity_left)',
        lastTenant: `$4::${idType}`,
        pickable: `${free} and ${notHanded}`,
        columns: 'm.id',
        limits: null,
      })}, next as materialized (
  select m.id from (
    select m.id, m.run_at from ${messages} m
     where m.queue = $1::text and m.dead_at is null and m.run_at > pg_catalog.now() order by m.run_at limit $2::int) soon
    cross join lateral (
      select m.id from ${messages} m where m.id = soon.id and ${upcoming} for update skip locked) m
), handed as (
  update ${messages} m set handed_until = greatest(m.run_at, pg_catalog.now()) + $3::float8 * interval '1 millisecond'
    from pg_catalog.unnest(array(select id from due order by rank) || array(select id from next)) with ordinality as picked (id, rank)
   where m.id = picked.id
  returning m.id, m.tenant_id, m.run_at, picked.rank
)
select id::text, tenant_id::text as "tenantId", pg_catalog.ceil(greatest(0, extract(epoch from run_at - pg_catalog.now()) * 1000))::float8 as "delayMs"
  from handed order by run_at > pg_catalog.now(), rank`,
    },
    claimByIds: {
      name: 'wrk_builds_claim_by_ids',
      replanned: true,
      text: `
with named as materialized (
  select id, rank from pg_catalog.unnest(array(
      select wanted.id::bigint from pg_catalog.jsonb_array_elements_text($2::text::jsonb) with ordinality as wanted (id, rank) order by wanted.rank
    )) with ordinality as named (id, rank)
), locked as materialized (
  select named.rank, m.id, m.is_free
    from named cross join lateral (
      select m.id, m.run_at <= pg_catalog.now() as is_free from ${messages} m
       where m.id = named.id and m.queue = $1::text and ((${free}) or (${early})) for update skip locked) m
), unmarked as (
  update ${messages} m set handed_until = null from pg_catalog.unnest(array(select id from locked where not is_free)) as early (id)
   where m.id = early.id
), claimed as (
  update ${messages} m
     set lease_until = pg_catalog.now() + $3::int * interval '1 millisecond', delivery_count = m.delivery_count + 1, handed_until = null
    from pg_catalog.unnest(array(select id from locked where is_free order by rank)) with ordinality as picked (id, rank)
   where m.id = picked.id
  returning m.id, m.queue, m.tenant_id, m.body, m.delivery_count, picked.rank
)
select id::text, queue, tenant_id::text as "tenantId", body::text, delivery_count as "deliveryCount", rank from claimed
union all
select distinct named.id::text, null, null, null, null::int, null::bigint
  from named cross join lateral (
    select m.id from ${messages} m where m.id = named.id and m.queue = $1::text and ${free}) m
 where named.id not in (select id from locked)
 order by rank`,
    },
  };
}
