import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import type { Query, Statement, Value } from './database.js';
import { checkKnexTransaction, overAlready } from './driver-options.js';

/** What is used of a Knex `Transaction` on Postgres. */
export interface KnexTransaction {
  /** Runs one statement; with the client `pg` it answers with the rows. */
  readonly raw: (
    text: string,
    values: Value[],
  ) => PromiseLike<{
    /** The rows of the statement. */
    readonly rows: unknown[];
  }>;
  /** Only a transaction has it, so that passing a database does not compile. */
  readonly savepoint: (...given: never) => unknown;
  /** Whether it was committed or rolled back. */
  readonly isCompleted: () => boolean;
}

/**
 * Wraps the transaction of a Knex `knex.transaction(async (trx) => …)` or `await knex.transaction()` for
 * `requestBuild(…, { tx })`, on the client `pg`.
 *
 * Do not use the result after the transaction has ended. A `postProcessResponse` must leave the rows of `raw` as they are.
 * Statements are sent without a name. The database is not checked: see `fromPg`.
 *
 * @throws TypeError for a database, which is no transaction
 *
 * @example
 * ```ts
 * import { fromKnex } from 'wrk-builds/postgres';
 *
 * await knex.transaction(async (trx) => {
 *   await trx('quotes').where({ id: quoteId }).update({ status: 'signed' });
 *   await builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' }, { tx: fromKnex(trx) });
 * });
 * ```
 */
export function fromKnex(trx: KnexTransaction): PostgresTx {
  checkKnexTransaction(trx);
  const query: Query = async <Row>({ text }: Statement, values: readonly Value[]) => {
    if (trx.isCompleted()) throw overAlready();
    // Knex numbers each `?` that is not escaped: those in the comment are `$1`, `$2`, which the text has already.
    const numbered = `${text.replaceAll('?', '\\?')} /* ${values.map(() => '?').join(' ')} */`;
    const { rows } = await trx.raw(numbered, [...values]);
    return rows as Row[];
  };
  return openHostTx(trx, query);
}
