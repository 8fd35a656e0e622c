import type { QueueName } from '../../../core/build/messages.js';
import type { ClaimedMessage, Queue, QueueStats } from '../../../ports/queue.js';
import type { PostgresDatabase, Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { limitValues, messageRow } from '../rows/rows.js';
import { expectedCapacity } from '../sql/expected-capacity.js';
import { insertMessages, messageRecords } from '../sql/insert-rows.js';
import { type CapacitySteps, limitParameters, unlimited } from '../sql/limit-capacity.js';
import { free, roundRobinSteps } from '../sql/round-robin.js';
import { tellListeners } from '../sql/tell-listeners.js';
import { runAgainAfterRace } from '../transactions/failures.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';

/** Queue and outbox in one table: a message exists if and only if its transaction committed. */
export function postgresQueue(database: PostgresDatabase, tables: Tables): Queue<PostgresTx> {
  const sql = queueStatements(tables);
  /** The tenant that the last claim of this process ended with. Each process has its own. */
  const lastTenants = new Map<QueueName, string>();
  return {
    database: database.identity,
    enqueue: async (tx, messages) => {
      if (messages.length === 0) return;
      await queryOf(tx, database)(sql.enqueue, [JSON.stringify(messages.map(messageRow))]);
    },
    claim: async (queue, { limit, leaseMs, limits }) => {
      const values = [queue, limit, leaseMs, lastTenants.get(queue) ?? null];
      const rows = limits
        ? await database.query<ClaimedMessage>(sql.claimWithinLimits, [...values, ...limitValues(limits)])
        : await database.query<ClaimedMessage>(sql.claim, values);
      const last = rows.at(-1);
      if (last) lastTenants.set(queue, last.tenantId);
      return rows.map(withBody);
    },
    acknowledge: async (messages) => {
      if (messages.length === 0) return;
      const done = messages.map(({ id, deliveryCount }) => ({ id, deliveryCount }));
      await runAgainAfterRace(() => database.query(sql.acknowledge, [JSON.stringify(done)]));
    },
    postpone: async ({ id, deliveryCount }, { delayMs, problem = null }) => {
      await database.query(sql.postpone, [id, deliveryCount, delayMs, problem]);
    },
    deadLetter: async ({ id, deliveryCount }, reason) => {
      await database.query(sql.deadLetter, [id, deliveryCount, reason]);
    },
    stats: async (queue) => {
      const [stats] = await database.query<QueueStats>(sql.stats, [queue]);
      return (
        stats ?? {
          waiting: 0,
          oldestDueMs: null,
          inFlight: 0,
          dead: 0,
          failing: 0,
          problem: null,
          deadReason: null,
        }
      );
    },
  };
}

/** The statements of the queue. A message is still the caller's while its id and count of deliveries are what they were. */
export interface QueueStatements {
  readonly enqueue: Statement;
  readonly claim: Statement;
  readonly claimWithinLimits: Statement;
  readonly acknowledge: Statement;
  readonly postpone: Statement;
  readonly deadLetter: Statement;
  readonly stats: Statement;
}

export function queueStatements(tables: Tables): QueueStatements {
  const stillHeld = `m.id = $1::bigint and m.delivery_count = $2::int and m.dead_at is null`;
  return {
    enqueue: {
      name: 'wrk_builds_enqueue',
      text: `
with added as (
  ${insertMessages(tables, `select x.* from ${messageRecords(tables, '$1::text::jsonb')}`)}
), ${tellListeners(tables, 'added')}
select queues from told`,
    },
    claim: { name: 'wrk_builds_claim_messages', replanned: true, text: claimMessages(tables, unlimited) },
    claimWithinLimits: {
      name: 'wrk_builds_claim_messages_within_limits',
      replanned: true,
      text: claimMessages(tables, expectedCapacity(tables, limitParameters(5))),
    },
    acknowledge: {
      name: 'wrk_builds_acknowledge',
      replanned: true,
      text: `
delete from ${tables.messages} m using pg_catalog.jsonb_to_recordset($1::text::jsonb) as done (id bigint, "deliveryCount" int)
 where m.id = done.id and m.delivery_count = done."deliveryCount" and m.dead_at is null`,
    },
    postpone: {
      name: 'wrk_builds_postpone',
      text: `
update ${tables.messages} m 
   set lease_until = null, run_at = pg_catalog.now() + $3::int * interval '1 millisecond', problem = $4::text where ${stillHeld}`,
    },
    deadLetter: {
      name: 'wrk_builds_dead_letter',
      text: `update ${tables.messages} m set lease_until = null, dead_at = pg_catalog.now(), dead_reason = $3::text where ${stillHeld}`,
    },
    stats: {
      name: 'wrk_builds_queue_stats',
      text: `
select alive.waiting, alive."inFlight", alive.failing, alive.problem,
       (select m.dead_reason from ${tables.messages} m
         where m.queue = $1::text and m.dead_at is not null order by m.dead_at desc limit 1) as "deadReason",
       (select pg_catalog.count(*)::int from ${tables.messages} m where m.queue = $1::text and m.dead_at is not null) as dead,
       (select (extract(epoch from pg_catalog.now() - m.run_at) * 1000)::float8 from ${tables.messages} m
         where m.queue = $1::text and ${free} order by m.run_at limit 1) as "oldestDueMs"
  from (
    select (pg_catalog.count(*) filter (where m.lease_until is null or m.lease_until <= pg_catalog.now()))::int as waiting,
           (pg_catalog.count(*) filter (where m.lease_until > pg_catalog.now()))::int as "inFlight",
           pg_catalog.count(m.problem)::int as failing, pg_catalog.max(m.problem) as problem
      from ${tables.messages} m where m.queue = $1::text and m.dead_at is null) alive`,
    },
  };
}

const claimMessages = (tables: Tables, capacity: CapacitySteps): string => `
with recursive ${roundRobinSteps(tables, {
  queue: '$1::text',
  limit: '$2::int',
  lastTenant: `$4::${tables.idType}`,
  pickable: free,
  columns: 'm.id',
  capacity,
})}, handed_out as (
  update ${tables.messages} m
     set lease_until = pg_catalog.now() + $3::int * interval '1 millisecond', delivery_count = m.delivery_count + 1, handed_until = null
    from due where m.id = due.id
  returning m.id, m.queue, m.tenant_id, m.body, m.delivery_count, due.rank
)
select id::text, queue, tenant_id::text as "tenantId", body::text, delivery_count as "deliveryCount" from handed_out order by rank`;

/** A row of the queue with its body read. */
export function withBody<Row extends { readonly body: unknown }>(row: Row): Row {
  return { ...row, body: JSON.parse(String(row.body)) };
}
