import type { QueueName } from '../../../core/build/messages.js';
import type { ClaimedMessage, Queue, QueueStats } from '../../../ports/queue.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { messageRow, withBody } from '../rows/message-row.js';
import { queueStatements } from '../sql/queue.js';
import { runAgainAfterRace } from '../transactions/retry.js';
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
    claim: async (queue, { limit, leaseMs }) => {
      const values = [queue, limit, leaseMs, lastTenants.get(queue) ?? null];
      const rows = await database.query<ClaimedMessage>(sql.claim, values);
      const last = rows.at(-1);
      if (last) lastTenants.set(queue, last.tenantId);
      return rows.map(withBody);
    },
    acknowledge: async (messages) => {
      if (messages.length === 0) return;
      const done = messages.map(({ id, deliveryCount }) => ({ id, deliveryCount }));
      await runAgainAfterRace(() => database.query(sql.acknowledge, [JSON.stringify(done)]));
    },
    postpone: async ({ id, deliveryCount }, { delayMs }) => {
      await database.query(sql.postpone, [id, deliveryCount, delayMs]);
    },
    deadLetter: async ({ id, deliveryCount }, reason) => {
      await database.query(sql.deadLetter, [id, deliveryCount, reason]);
    },
    stats: async (queue) => {
      const [stats] = await database.query<QueueStats>(sql.stats, [queue]);
      return stats ?? { waiting: 0, oldestDueMs: null, inFlight: 0, dead: 0 };
    },
  };
}
