import type { PostgresDatabase, Query } from './database.js';

declare const postgresTx: unique symbol;

/** A transaction of the Postgres family. Opaque: only this family's ports can use it. */
export interface PostgresTx {
  readonly [postgresTx]: true;
}

interface Opened {
  readonly database: PostgresDatabase;
  readonly query: Query;
}

const opened = new WeakMap<PostgresTx, Opened>();

/** Hands out a transaction that runs on `query`; it is over when `closeTx` is called. */
export function openTx(database: PostgresDatabase, query: Query): PostgresTx {
  const tx = Object.freeze({}) as PostgresTx;
  opened.set(tx, { database, query });
  return tx;
}

export function closeTx(tx: PostgresTx): void {
  opened.delete(tx);
}

/** What runs statements in `tx`. Throws when it is over or belongs to another database: both are mistakes of a caller. */
export function queryOf(tx: PostgresTx, database: PostgresDatabase): Query {
  const found = opened.get(tx);
  if (!found)
    throw new Error('The transaction is over: use it only inside the function that it was given to.');
  if (found.database.identity !== database.identity) {
    throw new Error('The transaction belongs to another database: use the ports that came with it.');
  }
  return found.query;
}
