import type { PostgresDatabase, Query } from '../drivers/database.js';
import { namingProblems } from '../errors/with-classified-errors.js';
import { type Mutex, newMutex } from './serialize.js';

declare const postgresTx: unique symbol;

/** A transaction of the Postgres family. Opaque: only this family's ports can use it. */
export interface PostgresTx {
  readonly [postgresTx]: true;
}

interface Opened {
  /** `null`: the host's own. Which database it is on cannot be seen from a connection. */
  readonly database: PostgresDatabase | null;
  readonly query: Query;
  /** Savepoints of one connection are a stack, so whoever wants one waits for its turn. */
  readonly mutex: Mutex;
}

const opened = new WeakMap<PostgresTx, Opened>();

/** The lines of connections of hosts: one transaction may be handed over more than once. */
const mutexOfHosts = new WeakMap<object, Mutex>();

/** Hands out a transaction that runs on `query`; it is over when `closeTx` is called. */
export function openTx(database: PostgresDatabase, query: Query): PostgresTx {
  return open({ database, query, mutex: newMutex() });
}

/** Hands out a transaction of the host's; `connection` tells it from others. How long it lasts is the host's affair. */
export function openHostTx(connection: object, query: Query): PostgresTx {
  const mutex = mutexOfHosts.get(connection) ?? newMutex();
  mutexOfHosts.set(connection, mutex);
  return open({ database: null, query: namingProblems(query), mutex });
}

function open(of: Opened): PostgresTx {
  const tx = Object.freeze({}) as PostgresTx;
  opened.set(tx, of);
  return tx;
}

export function closeTx(tx: PostgresTx): void {
  opened.delete(tx);
}

/** What runs statements in `tx`. Throws when it is over or belongs to another database: both are mistakes of a caller. */
export function queryOf(tx: PostgresTx, database: PostgresDatabase): Query {
  return openedAs(tx, database).query;
}

/** As `queryOf`, with the rest of what is known about `tx`. */
export function openedAs(tx: PostgresTx, database: PostgresDatabase): Opened {
  const found = opened.get(tx);
  if (!found) {
    throw new Error(
      'The transaction is over: use it only inside the function that it was given to. One of your own is made with fromPg, fromDrizzle, fromKysely or fromPglite.',
    );
  }
  if (found.database && found.database.identity !== database.identity) {
    throw new Error('The transaction belongs to another database: use the ports that came with it.');
  }
  return found;
}
