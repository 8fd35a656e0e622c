import { createHash } from 'node:crypto';
import type { Runtime } from '../../../runtime/runtime.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import { isAboutSession, isOfIsolation } from '../errors/refusal.js';
import type { PostgresDatabase, Query, Statement, Value } from './database.js';
import { readNodePostgresOptions } from './driver-options.js';
import {
  type Connection,
  type NodePostgresPool,
  onConnection,
  outliveErrors,
} from './node-postgres-client.js';
import { listenOn } from './node-postgres-listen.js';

/** How the library uses a pool. Durations are in milliseconds, from 1 to 86,400,000 (1 day). */
export interface NodePostgresOptions {
  /**
   * Sends prepared statements, which each connection plans once. Set it to `false` behind a pooler in transaction mode that
   * does not support them, such as PgBouncer before 1.21: there, a statement may cost a connection and a second try.
   *
   * @default true
   */
  readonly prepare?: boolean;
  /**
   * Keeps one connection of the pool for LISTEN while workers run. Set it to `false` behind a pooler in transaction mode,
   * where notifications do not arrive.
   *
   * @default true; always off for a pool of one connection
   */
  readonly listen?: boolean;
  /**
   * The maximum wait for a connection of the pool.
   *
   * @default 5_000
   */
  readonly acquireMs?: number;
  /**
   * The maximum wait for the answer to a statement, except migrations. After that, its connection is destroyed. Keep it
   * above `lockWaitMs` of `createBuilds`.
   *
   * @default 30_000
   */
  readonly statementMs?: number;
}

/**
 * A database behind a node-postgres `Pool`. The host owns the pool; the library never ends it.
 *
 * @throws TypeError that lists every invalid option, or that the pool is none
 *
 * @example
 * ```ts
 * import pg from 'pg';
 * import { nodePostgres, postgres } from 'wrk-builds/postgres';
 *
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
 * const storage = postgres(nodePostgres(pool));
 *
 * // Behind PgBouncer in transaction mode:
 * const pooled = postgres(nodePostgres(pool, { prepare: false, listen: false }));
 * ```
 */
export function nodePostgres(pool: NodePostgresPool, options: NodePostgresOptions = {}): PostgresDatabase {
  return nodePostgresOn(systemRuntime, pool, options);
}

/** The same on a runtime that somebody else may own. */
export function nodePostgresOn(
  runtime: Runtime,
  pool: NodePostgresPool,
  options: NodePostgresOptions = {},
): PostgresDatabase {
  const { prepare, listen, acquireMs, statementMs } = readNodePostgresOptions(pool, options);
  const bounds = { runtime, acquireMs, statementMs };

  const queryOn =
    ({ run }: Connection, mayName: boolean): Query =>
    async <Row>({ name, text, replanned }: Statement, values: readonly Value[]) => {
      const named = mayName && !replanned ? { name: nameFor(name, text) } : {};
      const rows = await run({ ...named, text, values: [...values] }, statementMs);
      return rows as Row[];
    };

  /** `again` without names: it needs nothing of its session, whatever became of the other sessions of the pool. */
  const inTransaction = <T>(work: (query: Query) => Promise<T>, again: boolean): Promise<T> =>
    onConnection(pool, bounds, async (connection) => {
      const control = (text: string) => connection.run({ text, values: [] }, statementMs);
      try {
        await control('begin isolation level read committed');
        const result = await work(queryOn(connection, prepare && !again));
        await control('commit');
        return { result };
      } catch (problem) {
        // A broken connection is destroyed, and the server rolls back by itself.
        if (!connection.isBroken()) await control('rollback').catch(() => {});
        if (again || !connection.isUnfit()) throw problem;
        return null;
      }
    }).then((done) => (done ? done.result : inTransaction(work, true)));

  // A pool of one connection cannot spare it.
  const mayListen = listen && (pool.options?.max ?? 2) > 1;

  outliveErrors(pool);
  const query: Query = async <Row>(statement: Statement, values: readonly Value[]) => {
    try {
      return await onConnection(pool, bounds, (connection) =>
        queryOn(connection, prepare)<Row>(statement, values),
      );
    } catch (problem) {
      if (!isAboutSession(problem) && !isOfIsolation(problem)) throw problem;
      return inTransaction((again) => again<Row>(statement, values), true);
    }
  };
  return {
    identity: pool,
    query,
    script: (text) =>
      onConnection(pool, bounds, async ({ run }) => void (await run({ text, values: [] }, null))),
    transaction: (work) => inTransaction(work, false),
    ...(mayListen && { listen: (channel, listener) => listenOn(pool, channel, listener, bounds) }),
  };
}

/** The name of each text in this process. */
const names = new Map<string, string>();

/**
 * A prepared name stands for one text. Two schemas on one pool have two texts of one statement, and a pooler hands out
 * sessions in which another version of the library has prepared its own: so the name ends in a hash of the text.
 */
function nameFor(name: string, text: string): string {
  const known = names.get(text) ?? `${name}_${createHash('sha256').update(text).digest().readUInt32BE()}`;
  names.set(text, known);
  return known;
}
