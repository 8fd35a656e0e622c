import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import type { Query, Statement, Value } from './database.js';
import { checkDrizzleTransaction, isPostgresJs } from './driver-options.js';
import { type PostgresJsQueries, queryOnPostgresJs } from './from-postgres-js.js';

/** What is used of a Drizzle transaction on Postgres, with any driver. */
export interface DrizzleTransaction {
  readonly _: {
    readonly session: {
      readonly prepareQuery: (
        query: { sql: string; params: unknown[] },
        fields: undefined,
        name: undefined,
        isResponseInArrayMode: boolean,
      ) => { readonly execute: () => Promise<unknown> };
    };
  };
  /** Only a transaction has it, so that passing a database does not compile. */
  readonly rollback: () => never;
}

/**
 * Wraps the transaction of a Drizzle `db.transaction(async (tx) => …)` for `requestBuild(…, { tx })`. It works with
 * node-postgres, PGlite and every other Drizzle driver for Postgres that supports transactions.
 *
 * Do not use the result after the transaction has ended. Statements are sent without a name. The database is not checked:
 * see `fromPg`. A Drizzle logger sees our statements with their values, just like yours.
 *
 * @throws TypeError for a database, which is no transaction
 *
 * @example
 * ```ts
 * import { eq } from 'drizzle-orm';
 * import { fromDrizzle } from 'wrk-builds/postgres';
 *
 * await db.transaction(async (tx) => {
 *   await tx.update(quotes).set({ status: 'signed' }).where(eq(quotes.id, quoteId));
 *   await builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' }, { tx: fromDrizzle(tx) });
 * });
 * ```
 */
export function fromDrizzle(tx: DrizzleTransaction): PostgresTx {
  checkDrizzleTransaction(tx);
  const { session } = tx._;
  // Of postgres.js directly: through Drizzle, a failure that a savepoint undoes would still end the transaction.
  const client: unknown = Reflect.get(session, 'client');
  if (isPostgresJs(client)) return openHostTx(session, queryOnPostgresJs(client as PostgresJsQueries));
  const query: Query = async <Row>({ text }: Statement, values: readonly Value[]) => {
    const prepared = session.prepareQuery({ sql: text, params: [...values] }, undefined, undefined, false);
    return rowsOf(await prepared.execute()) as Row[];
  };
  // Keyed by session, because a nested transaction runs on the same one.
  return openHostTx(session, query);
}

/** Most drivers return an object with rows, some the rows themselves. */
function rowsOf(result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result;
  if (typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows))
    return result.rows;
  throw new Error('This Drizzle driver returns no rows: use one for Postgres that supports transactions.');
}
