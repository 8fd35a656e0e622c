import type { Runtime } from '../../../runtime/runtime.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import type { PostgresDatabase, Query, Statement, Value } from './database.js';
import { readNodePostgresOptions } from './driver-options.js';
import { type Connection, type NodePostgresPool, onConnection } from './node-postgres-client.js';
import { listenOn } from './node-postgres-listen.js';

/** How the library uses a pool. Durations are in milliseconds, from 1 to 86,400,000 (1 day). */
export interface NodePostgresOptions {
  /**
   * Sends prepared statements, which each connection plans once. Set it to `false` behind a pooler in transaction mode that
   * does not support them, such as PgBouncer before 1.21.
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
    ({ run }: Connection): Query =>
    async <Row>({ name, text, replanned }: Statement, values: readonly Value[]) => {
      const named = prepare && !replanned ? { name: nameFor(name, text) } : {};
      const rows = await run({ ...named, text, values: [...values] }, statementMs);
      return rows as Row[];
    };
  // A pool of one connection cannot spare it.
  const mayListen = listen && (pool.options?.max ?? 2) > 1;

  return {
    identity: pool,
    query: (statement, values) =>
      onConnection(pool, bounds, (connection) => queryOn(connection)(statement, values)),
    script: (text) =>
      onConnection(pool, bounds, async ({ run }) => void (await run({ text, values: [] }, null))),
    transaction: (work) =>
      onConnection(pool, bounds, async (connection) => {
        const control = (text: string) => connection.run({ text, values: [] }, statementMs);
        await control('begin isolation level read committed');
        try {
          const result = await work(queryOn(connection));
          await control('commit');
          return result;
        } catch (problem) {
          // A broken connection is destroyed, and the server rolls back by itself.
          if (!connection.isBroken()) await control('rollback').catch(() => {});
          throw problem;
        }
      }),
    ...(mayListen && { listen: (channel, listener) => listenOn(pool, channel, listener, bounds) }),
  };
}

/** The statement texts of each name in this process. */
const textsByName = new Map<string, string[]>();

/** A prepared name stands for one text per connection, but two schemas on one pool use the same name for two texts. */
function nameFor(name: string, text: string): string {
  const texts = textsByName.get(name) ?? [];
  textsByName.set(name, texts);
  const known = texts.indexOf(text);
  const place = known < 0 ? texts.push(text) : known + 1;
  return place === 1 ? name : `${name}_${place}`;
}
