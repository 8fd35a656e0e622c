import type { QueueName } from '../../../core/build/messages.js';
import type { Outbox } from '../../../ports/outbox.js';
import type { ClaimedMessage } from '../../../ports/queue.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { limitValues } from '../rows/rows.js';
import { outboxStatements } from '../sql/outbox.js';

/** A message that is handed over, or a lost one, which has no delay. */
interface HandedRow {
  readonly id: string;
  readonly tenantId: string;
  readonly delayMs: number | null;
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
    handOver: async (queue, { window, againAfterMs, limits }) => {
      const values = [queue, window, againAfterMs, lastTenants.get(queue) ?? null];
      const rows = limits
        ? await database.query<HandedRow>(sql.handOverWithinLimits, [...values, ...limitValues(limits)])
        : await database.query<HandedRow>(sql.handOver, values);
      const last = rows.findLast((row) => row.delayMs === 0);
      if (last) lastTenants.set(queue, last.tenantId);
      return {
        wakeUps: rows.flatMap(({ id, delayMs }) => (delayMs === null ? [] : [{ id, delayMs }])),
        lost: rows.flatMap(({ id, delayMs }) => (delayMs === null ? [id] : [])),
      };
    },
    claimByIds: async (queue, ids, { leaseMs, limits }) => {
      // An id that cannot belong to this database matches nothing, and must not fail the others.
      const named = ids.filter((id) => /^\d{1,18}$/.test(id));
      if (named.length === 0) return { messages: [], busy: [] };
      const values = [queue, JSON.stringify(named), leaseMs];
      const rows = limits
        ? await database.query<NamedRow>(sql.claimByIdsWithinLimits, [...values, ...limitValues(limits)])
        : await database.query<NamedRow>(sql.claimByIds, values);
      return {
        messages: rows.flatMap(({ rank, body, ...row }) =>
          rank === null ? [] : [{ ...row, body: JSON.parse(String(body)) }],
        ),
        busy: rows.flatMap(({ id, rank }) => (rank === null ? [id] : [])),
      };
    },
  };
}
