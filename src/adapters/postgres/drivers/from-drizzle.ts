import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import type { Query, Statement, Value } from './database.js';

/** The part of a Drizzle transaction on Postgres that is used, whichever driver is below. */
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
  /** A transaction has it and a database has not, so that a database does not compile. */
  readonly rollback: () => never;
}

/**
 * The transaction of a Drizzle `db.transaction(async (tx) => …)`, for `requestBuild(…, { tx })`; with the node-postgres,
 * PGlite or any other driver of Drizzle for Postgres that has transactions.
 *
 * Do not use it once the transaction has ended. Statements are sent without a name. Which database it is on is not
 * checked: see `fromPg`. A logger that you gave to Drizzle sees our statements with their values, as it does yours.
 *
 * @example
 * ```ts
 * await db.transaction(async (tx) => {
 *   await tx.update(quotes).set({ status: 'signed' }).where(eq(quotes.id, quoteId));
 *   await builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' }, { tx: fromDrizzle(tx) });
 * });
 * ```
 */
export function fromDrizzle(tx: DrizzleTransaction): PostgresTx {
  const { session } = tx._;
  const query: Query = async <Row>({ text }: Statement, values: readonly Value[]) => {
    const prepared = session.prepareQuery({ sql: text, params: [...values] }, undefined, undefined, false);
    return rowsOf(await prepared.execute()) as Row[];
  };
  // A transaction nested in it runs on the same session.
  return openHostTx(session, query);
}

/** Most drivers give an object with rows, and some the rows themselves. */
function rowsOf(result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result;
  if (typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows))
    return result.rows;
  throw new Error('This driver of Drizzle answers without rows: use one for Postgres that has transactions.');
}
