import { sharedByCopies } from '../../../copies/shared-by-copies.js';
import type { PostgresDatabase, Query, Value } from '../drivers/database.js';
import { namingProblems } from './failures.js';
import { refuseTx, TX_SYMBOL } from './refuse-tx.js';
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

/**
 * Where a transaction has its state, so that the storage of one copy of the library knows the transaction of another. The
 * number goes up with every change of `Opened`, `Query` or `Mutex`.
 */
const STATE = Symbol.for(`${TX_SYMBOL}1`);

/** `opened` is `null` once the transaction has ended. */
interface State {
  opened: Opened | null;
}

/** The mutexes of host connections: the same transaction may be passed more than once, also to several copies. */
const mutexOfHosts = sharedByCopies('mutexes-of-connections/1', () => new WeakMap<object, Mutex>());

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

function open(opened: Opened): PostgresTx {
  const state: State = { opened };
  const query = async (text: string, values: readonly Value[] = []) => {
    if (!state.opened) throw hasEnded();
    // Without a name of its own it would be prepared for ever.
    return opened.query({ name: 'tx.query', text, replanned: true }, values);
  };
  return Object.freeze(Object.defineProperty({ query }, STATE, { value: state })) as PostgresTx;
}

const stateOf = (tx: unknown): State | undefined => Reflect.get(Object(tx), STATE);

const hasEnded = () =>
  new Error('The transaction has ended: use it only inside the function that received it.');

export function closeTx(tx: PostgresTx): void {
  const state = stateOf(tx);
  if (state) state.opened = null;
}

/** Returns the query function of `tx`. Throws if `tx` is none, has ended or belongs to another database, all caller mistakes. */
export function queryOf(tx: PostgresTx, database: PostgresDatabase): Query {
  return openedAs(tx, database).query;
}

/** Like `queryOf`, but returns everything known about `tx`. */
export function openedAs(tx: PostgresTx, database: PostgresDatabase): Opened {
  const state = stateOf(tx);
  if (!state) refuseTx(tx);
  const opened = state?.opened;
  if (!opened) throw hasEnded();
  if (opened.database && opened.database.identity !== database.identity) {
    throw new Error('The transaction belongs to another database: use the ports that were created with it.');
  }
  return opened;
}
