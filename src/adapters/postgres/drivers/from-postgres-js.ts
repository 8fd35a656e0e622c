import { isError } from '../../../core/input/error-text.js';
import { textIn } from '../errors/driver-error.js';
import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import type { Query, Statement, Value } from './database.js';
import { checkPostgresJsTransaction } from './driver-options.js';

/** What is used of the `sql` of a postgres.js transaction. */
export interface PostgresJsQueries {
  /** Runs one statement, and returns its rows. */
  readonly unsafe: (text: string, values: Value[]) => PromiseLike<readonly unknown[]>;
}

/** What is used of the `sql` that `sql.begin` passes on. */
export interface PostgresJsTransaction extends PostgresJsQueries {
  /** Only a transaction has it, so that passing a database does not compile. */
  readonly savepoint: (...given: never) => unknown;
}

/**
 * Wraps the transaction of a postgres.js `sql.begin(async (tx) => …)` for `requestBuild(…, { tx })`.
 *
 * Do not use the result after the transaction has ended: postgres.js would send its statements to whoever has the connection
 * then. A `transform` must leave the names of columns as they are. Statements are sent without a name. The database is not
 * checked: see `fromPg`.
 *
 * @throws TypeError for a database, which is no transaction
 *
 * @example
 * ```ts
 * import { fromPostgresJs } from 'wrk-builds/postgres';
 *
 * await sql.begin(async (tx) => {
 *   await tx`update quotes set status = 'signed' where id = ${quoteId}`;
 *   await builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' }, { tx: fromPostgresJs(tx) });
 * });
 * ```
 */
export function fromPostgresJs(tx: PostgresJsTransaction): PostgresTx {
  checkPostgresJsTransaction(tx);
  return openHostTx(tx, queryOnPostgresJs(tx));
}

/** Runs statements in a transaction of postgres.js, also of one that Drizzle began. */
export function queryOnPostgresJs(tx: PostgresJsQueries): Query {
  return async <Row>({ text }: Statement, values: readonly Value[]) => {
    const pending = tx.unsafe(text, [...values]);
    // postgres.js itself would catch a failure and roll back at the end, although it was undone by a savepoint.
    Object.assign(pending, { catch: () => pending });
    try {
      return [...(await pending)] as Row[];
    } catch (problem) {
      throw named(problem);
    }
  };
}

/** The names of table, column and constraint as node-postgres has them. */
function named(problem: unknown): unknown {
  if (!isError(problem)) return problem;
  for (const of of ['schema', 'table', 'column', 'constraint']) {
    const name = textIn(problem, `${of}_name`);
    if (name !== null) Reflect.set(problem, of, name);
  }
  return problem;
}
