/** One statement that the library runs. Named, so that the server can keep its plan. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  /** Planned at each run: the plan that was made for an empty table is not kept for when it is full. */
  readonly replanned?: true;
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
  /** Hears what is sent to a channel until it is stopped. Absent where the driver cannot, or was told not to. */
  readonly listen?: (channel: string, listener: ChannelListener) => Listening;
}

/** Who is told of what happens on a channel. */
export interface ChannelListener {
  readonly onNotification: (payload: string) => void;
  /** It listens, for the first time or again after a drop. What was sent before was not heard. */
  readonly onListening: () => void;
  /** It cannot listen for now, and tries again by itself: told once, not at every try. */
  readonly onProblem: (problem: unknown) => void;
}

/** Somebody who listens. */
export interface Listening {
  /** Hears nothing more; resolves when the connection is given back. */
  readonly stop: () => Promise<void>;
}
