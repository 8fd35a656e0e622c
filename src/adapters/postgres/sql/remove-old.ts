import type { Statement } from '../drivers/database.js';

/**
 * Deletes up to `$2` rows whose `column` is more than `$1` milliseconds ago, oldest first, and returns the count. Rows that
 * a concurrent statement has locked are skipped. Rows are found by the index on `column` and deleted by `ctid`, so that no
 * plan scans the table.
 */
export function removeOld(name: string, table: string, column: string): Statement {
  const text = `
with removed as (
  delete from ${table} gone where gone.ctid = any (array(
    select old.ctid from ${table} old where old.${column} < now() - $1::float8 * interval '1 millisecond'
     order by old.${column} limit $2::int for update skip locked))
  returning true
)
select count(*)::int as count from removed`;
  return { name, text };
}
