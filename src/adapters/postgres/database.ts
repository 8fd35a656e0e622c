/** One statement that the library runs. Named, so that the server can keep its plan. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A value as every driver binds it alike: JSON goes as text, and nothing is ever `undefined`. */
export type Value = string | number | null;

/** Runs one statement and returns its rows. */
export type Query = <Row>(statement: Statement, values: readonly Value[]) => Promise<readonly Row[]>;

/** A Postgres database, behind whichever driver. Made by `nodePostgres` or `pglite`. */
export interface PostgresDatabase {
  /** What tells two databases apart: the pool, or the embedded instance. */
  readonly identity: object;
  /** Runs one statement, in a transaction of its own. */
  readonly query: Query;
  /** Runs `work` on one connection, between BEGIN and COMMIT; a throw rolls back. READ COMMITTED. */
  readonly transaction: <T>(work: (query: Query) => Promise<T>) => Promise<T>;
  /** Runs a script of several statements without values. */
  readonly script: (text: string) => Promise<void>;
}
