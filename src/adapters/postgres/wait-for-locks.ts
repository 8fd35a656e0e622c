import type { PostgresDatabase, Statement, Value } from './database.js';
import { isRefusal, sqlStateOf } from './refusal.js';

/**
 * The wait ran out, here or by the server's own statement_timeout, or the locks were lost to a deadlock: the facts are
 * read all the same.
 */
const GAVE_UP = new Set(['55P03', '57014', '40P01']);

/** Waits until nobody holds the rows, at most `waitMs` for each of them, and lets go of them at once. */
export async function waitForLocks(
  database: PostgresDatabase,
  limit: Statement,
  wait: Statement,
  values: readonly Value[],
  waitMs: number,
): Promise<void> {
  try {
    await database.transaction(async (query) => {
      await query(limit, [`${Math.max(1, Math.ceil(waitMs))}ms`]);
      await query(wait, values);
    });
  } catch (problem) {
    if (!isRefusal(problem) || !GAVE_UP.has(sqlStateOf(problem) ?? '')) throw problem;
  }
}
