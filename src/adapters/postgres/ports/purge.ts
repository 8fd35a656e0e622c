import type { Purge, PurgeRows } from '../../../ports/purge.js';
import type { PostgresDatabase, Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';

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

/** The statements that remove what is old, one for each kind of row. */
interface PurgeStatements {
  readonly idempotencyAnswers: Statement;
  readonly deliveryRecords: Statement;
  readonly deadLetters: Statement;
}

function purgeStatements({ answers, deliveries, messages }: Tables): PurgeStatements {
  return {
    idempotencyAnswers: removeOld('wrk_builds_purge_answers', answers, 'created_at'),
    deliveryRecords: removeOld('wrk_builds_purge_delivery_records', deliveries, 'updated_at'),
    deadLetters: removeOld('wrk_builds_purge_dead_letters', messages, 'dead_at'),
  };
}

/**
 * Removes the rows whose time in `column` is more than `$1` milliseconds ago, the oldest first, at most `$2`; says how
 * many. Rows that another such statement has in hand are left to it. Found by the index on `column` and removed by where
 * they lie, so that no plan reads the table.
 */
function removeOld(name: string, table: string, column: string): Statement {
  const text = `
with removed as (
  delete from ${table} gone where gone.ctid = any (array(
    select old.ctid from ${table} old where old.${column} < pg_catalog.now() - $1::float8 * interval '1 millisecond'
     order by old.${column} limit $2::int for update skip locked))
  returning true
)
select pg_catalog.count(*)::int as count from removed`;
  return { name, text };
}
