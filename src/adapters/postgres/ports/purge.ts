import type { Purge, PurgeRows } from '../../../ports/purge.js';
import type { PostgresDatabase, Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { purgeStatements } from '../sql/purge.js';

/** Removes old rows, one statement for each kind. */
export function postgresPurge(database: PostgresDatabase, tables: Tables): Purge {
  const sql = purgeStatements(tables);
  const by =
    (statement: Statement): PurgeRows =>
    async ({ olderThanMs, limit }) => {
      const [purged] = await database.query<{ readonly count: number }>(statement, [olderThanMs, limit]);
      return purged?.count ?? 0;
    };
  return {
    idempotencyAnswers: by(sql.idempotencyAnswers),
    deliveryRecords: by(sql.deliveryRecords),
    deadLetters: by(sql.deadLetters),
  };
}
