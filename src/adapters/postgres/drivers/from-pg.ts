import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import type { Query, Statement, Value } from './database.js';
import { checkPgClient } from './driver-options.js';

/** What is used of a node-postgres `PoolClient` or `Client`. */
export interface PgTransactionClient {
  readonly query: (config: { text: string; values: Value[] }) => Promise<{ readonly rows: unknown[] }>;
}

/**
 * Wraps the open transaction of a node-postgres client for `requestBuild(…, { tx })`.
 *
 * Pass the client that `begin` ran on, not the pool: a pool uses another connection for each statement and is refused.
 * Call it once for each transaction, and do not use the result after the transaction has ended. Statements are sent without
 * a name. The client must be connected to the database of the ports. A connection does not reveal its database, so this is
 * not checked: on another database, the statements would use the tables there.
 *
 * @throws TypeError for a pool, and for anything else that is no client
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
  checkPgClient(client);
  const query: Query = async <Row>({ text }: Statement, values: readonly Value[]) => {
    const { rows } = await client.query({ text, values: [...values] });
    return rows as Row[];
  };
  return openHostTx(client, query);
}
