import { err } from 'neverthrow';
import type { PostgresDatabase, Query, Statement, Value } from '../drivers/database.js';
import { isRefusal, sqlStateOf } from '../errors/refusal.js';
import { lockTimeout, undoable } from './savepoint.js';

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
  const waiting = database.transaction(async (query) => {
    await query(limit, [lockTimeout(waitMs)]);
    await query(wait, values);
  });
  await waiting.catch(throwUnlessGaveUp);
}

/** The same inside a transaction that goes on: locks that it holds itself are not waited for, and the others let go. */
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
