import { err } from 'neverthrow';
import type { PostgresDatabase, Query, Statement, Value } from '../drivers/database.js';
import { isRefusal, sqlStateOf } from '../errors/refusal.js';
import { lockTimeout, undoable } from './savepoint.js';

/**
 * The wait timed out, by our limit or by statement_timeout, or the locks were lost to a deadlock. The facts are read all
 * the same.
 */
const GAVE_UP = new Set(['55P03', '57014', '40P01']);

/** Waits until the rows are unlocked, at most `waitMs` for each, and releases them at once. */
export async function waitForLocks(
  database: PostgresDatabase,
  limit: Statement,
  wait: Statement,
  values: readonly Value[],
  waitMs: number,
): Promise<void> {
  const waiting = database.transaction(async (query) => {
    await query(limit, [lockTimeout(waitMs)]);
    await query(wait, values);
  });
  await waiting.catch(throwUnlessGaveUp);
}

/** The same inside a transaction that continues. Its own locks do not block it, and the new ones are released. */
export async function waitForLocksWithin(
  query: Query,
  limit: Statement,
  wait: Statement,
  values: readonly Value[],
  waitMs: number,
): Promise<void> {
  const waiting = undoable(query, async () => {
    await query(limit, [lockTimeout(waitMs)]);
    await query(wait, values);
    return err('go back, and give up what was locked');
  });
  await waiting.catch(throwUnlessGaveUp);
}

function throwUnlessGaveUp(problem: unknown): void {
  if (!isRefusal(problem) || !GAVE_UP.has(sqlStateOf(problem) ?? '')) throw problem;
}
