import type { PostgresDatabase, Statement, Value } from './database.js';
import { isRefusal } from './refusal.js';

/** The wait ran out, or the locks were lost to a deadlock: in both cases the facts are read all the same. */
const GAVE_UP = new Set(['55P03', '40P01']);

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
    if (!isRefusal(problem) || !GAVE_UP.has(problem.code)) throw problem;
  }
}
