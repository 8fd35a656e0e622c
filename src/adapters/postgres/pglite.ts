import type { PostgresDatabase, Query, Statement, Value } from './database.js';

/** What an instance and a transaction of it have in common. */
export interface PgliteQueries {
  readonly query: (text: string, values: Value[]) => Promise<{ readonly rows: unknown[] }>;
}

/** The part of a PGlite instance that is used. */
export interface PgliteInstance extends PgliteQueries {
  readonly transaction: <T>(work: (tx: PgliteQueries) => Promise<T>) => Promise<T>;
  readonly exec: (text: string) => Promise<unknown>;
}

/**
 * An embedded database, for demos, tests and tools. Its transactions run strictly one after another, so it shows that
 * the statements are right and nothing about concurrency. Two processes on one directory corrupt it.
 */
export function pglite(instance: PgliteInstance): PostgresDatabase {
  return {
    identity: instance,
    query: queryOn(instance),
    transaction: (work) => instance.transaction((tx) => work(queryOn(tx))),
    script: async (text) => void (await instance.exec(text)),
  };
}

/** Runs statements on an instance, or in a transaction of it. */
export function queryOn(queries: PgliteQueries): Query {
  return async <Row>({ text }: Statement, values: readonly Value[]) => {
    // A loop of awaits on an embedded database never leaves the microtasks, and timers would starve.
    await new Promise((resolve) => setImmediate(resolve));
    const { rows } = await queries.query(text, [...values]);
    return rows as Row[];
  };
}
