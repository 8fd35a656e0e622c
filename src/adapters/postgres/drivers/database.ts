/** One statement of the library. Named, so that the server can cache its plan. */
export interface Statement {
  /** Differs from that of every other statement. */
  readonly name: string;
  /** SQL with its values as `$1`, `$2`. */
  readonly text: string;
  /**
   * Planned on every run, so that a plan made for an empty table is not used when it is full.
   *
   * @default the plan may be kept
   */
  readonly replanned?: true;
}

/** A value that every driver binds in the same way: JSON is passed as text, and nothing is `undefined`. */
export type Value = string | number | null;

/** Runs one statement and returns its rows. */
export type Query = <Row>(statement: Statement, values: readonly Value[]) => Promise<readonly Row[]>;

/** A Postgres database, independent of the driver. Created by `nodePostgres` or `pglite`. */
export interface PostgresDatabase {
  /** Identifies the database: the pool, or the embedded instance. */
  readonly identity: object;
  /** Runs one statement in its own transaction. */
  readonly query: Query;
  /** Runs `work` on one connection in a READ COMMITTED transaction; a throw rolls back. */
  readonly transaction: <T>(work: (query: Query) => Promise<T>) => Promise<T>;
  /** Runs a script of several statements without values. */
  readonly script: (text: string) => Promise<void>;
  /**
   * Listens on a channel until stopped.
   *
   * @default absent: the driver cannot listen, or is configured not to
   */
  readonly listen?: (channel: string, listener: ChannelListener) => Listening;
}

/** The callbacks of a channel. */
export interface ChannelListener {
  /** Somebody has notified the channel. */
  readonly onNotification: (payload: string) => void;
  /** Listening has started, or restarted after a drop. Earlier notifications were missed. */
  readonly onListening: () => void;
  /** Listening has failed and is being retried. Called once, not on every attempt. */
  readonly onProblem: (problem: unknown) => void;
}

/** An active LISTEN. */
export interface Listening {
  /** Stops listening; resolves once the connection is released. */
  readonly stop: () => Promise<void>;
}
