import { err } from 'neverthrow';
import type { Runtime } from '../../../runtime/runtime.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import { tryFor } from '../../../runtime/waiting.js';
import type { PostgresDatabase, Query, Statement, Value } from '../drivers/database.js';
import { isRefusal, sqlStateOf } from '../errors/refusal.js';
import type { HeldRow, HeldRowStatements } from '../sql/held-rows.js';
import { lockTimeout, undoable } from './savepoint.js';

/** The wait timed out, by our limit or by statement_timeout, or ended in a deadlock. The facts are read all the same. */
const GAVE_UP = new Set(['55P03', '57014', '40P01']);

/**
 * Waits until what `find` names is unlocked, at most `waitMs` for each row.
 *
 * The race: whoever waits for a row while it holds another can be part of a deadlock, and the server may end the host's
 * statement instead of ours. So this holds nothing while it waits for one row, and then looks for the next. A row that is
 * held again by the time it looks is not waited for twice.
 */
export async function waitForLocks(
  database: PostgresDatabase,
  { limitWait, waitFor }: HeldRowStatements,
  find: Statement,
  values: readonly [tenantId: string, ...Value[]],
  waitMs: number,
): Promise<void> {
  const waitedFor = new Set<string>();
  const waitForNext = async (): Promise<void> => {
    const [held] = await database.query<HeldRow>(find, values);
    if (!held || waitedFor.has(`${held.what} ${held.id}`)) return;
    waitedFor.add(`${held.what} ${held.id}`);
    await database.transaction(async (query) => {
      await query(limitWait, [lockTimeout(waitMs)]);
      await query(waitFor[held.what], [values[0], held.id]);
    });
    return waitForNext();
  };
  await waitForNext().catch(throwUnlessGaveUp);
}

/**
 * The same inside a transaction that continues, at most `waitMs` in all. Its own locks do not block it, and the new ones are
 * released. It holds what the host has locked, so it waits for no row: it looks again and again.
 */
export async function waitForLocksWithin(
  query: Query,
  find: Statement,
  values: readonly Value[],
  waitMs: number,
  runtime: Runtime = systemRuntime,
): Promise<void> {
  const isFree = async () => {
    let held: readonly HeldRow[] = [];
    await undoable(query, async () => {
      held = await query<HeldRow>(find, values);
      return err('go back, and give up what was locked');
    });
    return held.length === 0;
  };
  await tryFor(runtime, waitMs, isFree).catch(throwUnlessGaveUp);
}

function throwUnlessGaveUp(problem: unknown): void {
  if (!isRefusal(problem) || !GAVE_UP.has(sqlStateOf(problem) ?? '')) throw problem;
}
