import type { DeadLetter, DeadLetters } from '../../../ports/dead-letters.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { isId } from '../rows/ids.js';
import { withBody } from '../rows/message-row.js';
import { deadLetterStatements } from '../sql/dead-letters.js';
import { runAgainAfterRace } from '../transactions/retry.js';

/** Messages that nobody will handle without a command. */
export function postgresDeadLetters(database: PostgresDatabase, tables: Tables): DeadLetters {
  const sql = deadLetterStatements(tables);
  return {
    list: async ({ tenantId, limit }) => {
      if (!isId(tables.idType, tenantId)) return [];
      const rows = await database.query<DeadLetter>(sql.list, [tenantId, limit]);
      return rows.map(withBody);
    },
    redrive: async ({ tenantId, limit, ids }) => {
      if (!isId(tables.idType, tenantId)) return 0;
      const named = ids && JSON.stringify(ids.filter((id) => /^\d{1,18}$/.test(id)));
      const rows = await runAgainAfterRace(() =>
        database.query<{ readonly count: number }>(sql.redrive, [tenantId, limit, named ?? null]),
      );
      return rows[0]?.count ?? 0;
    },
  };
}
