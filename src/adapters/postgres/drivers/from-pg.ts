import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import type { Query, Statement, Value } from './database.js';

/** The part of a node-postgres `PoolClient` or `Client` that is used. */
export interface PgTransactionClient {
  readonly query: (config: { text: string; values: Value[] }) => Promise<{ readonly rows: unknown[] }>;
}

/**
 * The transaction that is open on a node-postgres client, for `requestBuild(…, { tx })`.
 *
 * Give the client that `begin` ran on, not the pool: a pool takes another connection for each statement, and is refused.
 * Make it anew for each transaction, and do not use it once that has ended. Statements are sent without a name. The
 * database has to be the one that the ports are on: a connection does not tell, so it is not checked, and on another one
 * the tables are looked for there.
 *
 * @example
 * ```ts
 * const client = await pool.connect();
 * try {
 *   await client.query('begin');
 *   await client.query(`update quotes set status = 'signed' where id = $1`, [quoteId]);
 *   await builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' }, { tx: fromPg(client) });
 *   await client.query('commit');
 * } catch (problem) {
 *   await client.query('rollback');
 *   throw problem;
 * } finally {
 *   client.release();
 * }
 * ```
 */
export function fromPg(client: PgTransactionClient): PostgresTx {
  const query: Query = async <Row>({ text }: Statement, values: readonly Value[]) => {
    const { rows } = await client.query({ text, values: [...values] });
    return rows as Row[];
  };
  return openHostTx(client, query);
}
