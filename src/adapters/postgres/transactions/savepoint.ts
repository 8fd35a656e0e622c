import { err, type Result } from 'neverthrow';
import type { LostRace } from '../../../ports/host-transactions.js';
import type { PostgresDatabase, Query, Statement } from '../drivers/database.js';
import { driverProblem, textIn } from '../errors/driver-error.js';
import { isRefusal, sqlStateOf } from '../errors/refusal.js';
import { serialize } from './serialize.js';
import { FAILED_ALREADY, hasCode, trackFailure } from './track-failure.js';
import { closeTx, openedAs, openTx, type PostgresTx } from './transaction.js';

/** Savepoints with the same name form a stack: a name means the innermost, so a host's savepoint is only shadowed. */
const NAME = 'wrk_builds';

const SET: Statement = { name: 'wrk_builds_savepoint', text: `savepoint ${NAME}` };
const KEEP: Statement = { name: 'wrk_builds_release', text: `release savepoint ${NAME}` };
const UNDO: Statement = { name: 'wrk_builds_roll_back', text: `rollback to savepoint ${NAME}` };

/** Reads the settings before it changes one: one statement, two steps. */
const JOIN: Statement = {
  name: 'wrk_builds_join',
  text: `
with found as materialized (
  select pg_catalog.current_setting('transaction_isolation') as isolation, pg_catalog.current_setting('transaction_read_only') as read_only,
         pg_catalog.current_setting('lock_timeout') as lock_timeout)
select found.*, pg_catalog.set_config('lock_timeout', $1::text, true) from found`,
};
const GIVE_BACK_LIMIT: Statement = {
  name: 'wrk_builds_give_back_limit',
  text: `select pg_catalog.set_config('lock_timeout', $1::text, true)`,
};

interface Joined {
  readonly isolation: string;
  readonly read_only: string;
  readonly lock_timeout: string;
}

/** `HostTransactions.savepoint`. */
export function inSavepoint<T, E>(
  tx: PostgresTx,
  database: PostgresDatabase,
  work: (tx: PostgresTx) => Promise<Result<T, E>>,
  { waitMs }: { readonly waitMs: number },
): Promise<Result<T, E | LostRace>> {
  const { query, mutex } = openedAs(tx, database);

  const run = async (): Promise<Result<T, E | LostRace>> => {
    const [joined] = await query<Joined>(JOIN, [lockTimeout(waitMs)]);
    refuseUnjoinable(joined);
    const watched = trackFailure(query);
    const inner = openTx(database, watched.query);
    try {
      const result = await work(inner);
      // The setting would outlive the release of the savepoint. This also reveals a failure that `work` swallowed.
      if (result.isOk()) await query(GIVE_BACK_LIMIT, [joined.lock_timeout]).catch(watched.explain);
      return result;
    } finally {
      closeTx(inner);
    }
  };

  return serialize(mutex, async () => {
    try {
      return await undoable(query, run);
    } catch (problem) {
      if (isRefusal(problem) && isLostRace(problem)) return err('lost_race');
      throw problem;
    }
  });
}

/** Runs `work` between a savepoint and its release. An `err` or a throw rolls back to it, including locks and settings. */
export async function undoable<T, E>(query: Query, work: () => Promise<Result<T, E>>): Promise<Result<T, E>> {
  await query(SET, []).catch(explainUnjoinable);
  const undo = async () => {
    await query(UNDO, []);
    await query(KEEP, []);
  };
  try {
    const result = await work();
    if (result.isOk()) await query(KEEP, []);
    else await undo();
    return result;
  } catch (problem) {
    // If the connection is gone, so is the transaction. The first failure is the one to report.
    await undo().catch(() => {});
    throw problem;
  }
}

/** The value of `lock_timeout` for a wait. At least 1 ms, because 0 would disable the timeout. */
export const lockTimeout = (waitMs: number): string => `${Math.max(1, Math.ceil(waitMs))}ms`;

const NO_TRANSACTION = '25P01';

function explainUnjoinable(problem: unknown): never {
  if (hasCode(problem, NO_TRANSACTION)) {
    throw new Error(
      'No transaction is open on the connection given as tx: begin one first, and pass its client or tx, not a pool.',
      { cause: problem },
    );
  }
  if (hasCode(problem, FAILED_ALREADY)) {
    throw new Error(
      'The transaction given as tx has already failed and can only be rolled back: let its error through and start again.',
      { cause: problem },
    );
  }
  throw problem;
}

function refuseUnjoinable(joined: Joined | undefined): asserts joined is Joined {
  if (!joined) throw new Error('The connection given as tx returns no rows: pass the tx itself.');
  if (joined.isolation !== 'read committed') {
    throw new Error(
      `The transaction given as tx is ${joined.isolation.toUpperCase()}: begin it as READ COMMITTED, because each statement has to see what others have committed.`,
    );
  }
  if (joined.read_only === 'on') {
    throw new Error(
      'The transaction given as tx is read-only: begin it as READ WRITE on the primary server.',
    );
  }
}

/** Serialization failure, deadlock, lock timeout. */
const LOST_RACES = new Set(['40001', '40P01', '55P03']);

/** Also a binding that another transaction created for the same version, which was invisible until it committed. */
function isLostRace(problem: unknown): boolean {
  const state = sqlStateOf(problem) ?? '';
  const constraint = textIn(driverProblem(problem), 'constraint') ?? '';
  return LOST_RACES.has(state) || (state === '23505' && constraint.startsWith('workflow_bindings_'));
}
