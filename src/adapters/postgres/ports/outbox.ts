import type { QueueName } from '../../../core/build/messages.js';
import type { Outbox } from '../../../ports/outbox.js';
import type { ClaimedMessage } from '../../../ports/queue.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { outboxStatements } from '../sql/outbox.js';

interface HandedRow {
  readonly id: string;
  readonly tenantId: string;
  readonly delayMs: number;
}

/** A message that was claimed, or one that is busy: that has no place. */
interface NamedRow extends ClaimedMessage {
  readonly place: string | null;
}

/** The table of messages as the outbox of an engine. */
export function postgresOutbox(database: PostgresDatabase, tables: Tables): Outbox {
  const sql = outboxStatements(tables);
  /** Where the turns of this process's last hand-over ended. Another process has its own place in the round. */
  const lastTenants = new Map<QueueName, string>();
  return {
    handOver: async (queue, { most, againAfterMs }) => {
      const values = [queue, most, againAfterMs, lastTenants.get(queue) ?? null];
      const rows = await database.query<HandedRow>(sql.handOver, values);
      const last = rows.findLast((row) => row.delayMs === 0);
      if (last) lastTenants.set(queue, last.tenantId);
      return rows.map(({ id, delayMs }) => ({ id, delayMs }));
    },
    claimByIds: async (queue, ids, { leaseMs }) => {
      // A name that is none of this database's finds nothing, and must not fail the others.
      const named = ids.filter((id) => /^\d{1,18}$/.test(id));
      if (named.length === 0) return { messages: [], busy: [] };
      const values = [queue, JSON.stringify(named), leaseMs];
      const rows = await database.query<NamedRow>(sql.claimByIds, values);
      return {
        messages: rows.flatMap(({ place, body, ...row }) =>
          place === null ? [] : [{ ...row, body: JSON.parse(String(body)) }],
        ),
        busy: rows.flatMap(({ id, place }) => (place === null ? [id] : [])),
      };
    },
  };
}
