import type { PostgresDatabase, Query, Value } from '../drivers/database.js';
import { namingProblems } from './failures.js';
import { refuseTx } from './refuse-tx.js';
import { type Mutex, newMutex } from './serialize.js';

declare const postgresTx: unique symbol;

/** A transaction on Postgres. The Postgres ports write in it, and the host's own functions may read in it. */
export interface PostgresTx {
  readonly [postgresTx]: true;
  /**
   * Runs a statement of the host's in it, with values as `$1`, `$2`, and returns its rows as the host's driver reads them. Give
   * a list as JSON text: `where id in (select pg_catalog.jsonb_array_elements_text($1::text::jsonb))`. A query builder's
   * statement works too: `const { sql, params } = query.toSQL()`.
   *
   * Rejects with a `DatabaseError`, and once the transaction is over.
   */
  readonly query: <Row = Readonly<Record<string, unknown>>>(
    text: string,
    values?: readonly Value[],
  ) => Promise<readonly Row[]>;
}

interface Opened {
  /** `null` for a transaction of the host: a connection does not tell which database it is on. */
  readonly database: PostgresDatabase | null;
  readonly query: Query;
  /** Savepoints of one connection are a stack, so their users must run one after another. */
  readonly mutex: Mutex;
}

const opened = new WeakMap<PostgresTx, Opened>();
const ended = new WeakSet<PostgresTx>();

/** The mutexes of host connections: the same transaction may be passed more than once. */
const mutexOfHosts = new WeakMap<object, Mutex>();

/** Creates a transaction that runs on `query` and ends with `closeTx`. */
export function openTx(database: PostgresDatabase, query: Query): PostgresTx {
  return open({ database, query, mutex: newMutex() });
}

/** Creates a transaction for one of the host's, identified by `connection`. The host decides when it ends. */
export function openHostTx(connection: object, query: Query): PostgresTx {
  const mutex = mutexOfHosts.get(connection) ?? newMutex();
  mutexOfHosts.set(connection, mutex);
  return open({ database: null, query: namingProblems(query), mutex });
}

function open(of: Opened): PostgresTx {
  const tx = Object.freeze({
    query: async (text: string, values: readonly Value[] = []) => {
      if (!opened.has(tx)) throw hasEnded();
      // Without a name of its own it would be prepared for ever.
      return of.query({ name: 'tx.query', text, replanned: true }, values);
    },
  }) as PostgresTx;
  opened.set(tx, of);
  return tx;
}

const hasEnded = () =>
  new Error('The transaction has ended: use it only inside the function that received it.');

export function closeTx(tx: PostgresTx): void {
  opened.delete(tx);
  ended.add(tx);
}

/** Returns the query function of `tx`. Throws if `tx` is none, has ended or belongs to another database, all caller mistakes. */
export function queryOf(tx: PostgresTx, database: PostgresDatabase): Query {
  return openedAs(tx, database).query;
}

/** Like `queryOf`, but returns everything known about `tx`. */
export function openedAs(tx: PostgresTx, database: PostgresDatabase): Opened {
  const found = opened.get(tx);
  if (!found) {
    if (!ended.has(tx)) refuseTx(tx);
    throw hasEnded();
  }
  if (found.database && found.database.identity !== database.identity) {
    throw new Error('The transaction belongs to another database: use the ports that were created with it.');
  }
  return found;
}
