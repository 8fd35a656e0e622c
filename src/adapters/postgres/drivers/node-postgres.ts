import type { Runtime } from '../../../runtime/runtime.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import { checkedWait } from './bounds.js';
import type { PostgresDatabase, Query, Statement, Value } from './database.js';
import { type Connection, type NodePostgresPool, onConnection } from './node-postgres-client.js';
import { listenOn } from './node-postgres-listen.js';

/** How the library uses a pool. Durations in milliseconds. */
export interface NodePostgresOptions {
  /**
   * Sends named statements, which a connection plans once. Default true. `false` behind a pooler in transaction mode
   * that does not know them, such as PgBouncer before 1.21.
   */
  readonly prepare?: boolean;
  /**
   * Keeps one connection of the pool for LISTEN while workers run. Default true; never with a pool of one connection.
   * `false` behind a pooler in transaction mode, where it hears nothing.
   */
  readonly listen?: boolean;
  /** Longest wait for a connection of the pool. Default 5,000 ms. */
  readonly acquireMs?: number;
  /**
   * Longest wait for the answer to a statement, migrations excepted; then its connection is destroyed. Default 30,000 ms.
   * Keep it above `lockWaitMs` of `createBuilds`.
   */
  readonly statementMs?: number;
}

/**
 * A database behind a node-postgres `Pool`. The pool stays the host's: the library never ends it.
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
  const { prepare = true, listen = true } = options;
  const statementMs = checkedWait('statementMs', options.statementMs ?? 30_000);
  const bounds = { runtime, acquireMs: checkedWait('acquireMs', options.acquireMs ?? 5_000), statementMs };

  const queryOn =
    ({ run }: Connection): Query =>
    async <Row>({ name, text, replanned }: Statement, values: readonly Value[]) => {
      const named = prepare && !replanned ? { name: nameFor(name, text) } : {};
      const rows = await run({ ...named, text, values: [...values] }, statementMs);
      return rows as Row[];
    };
  // The only connection there is cannot be spared.
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
          // One that is broken is destroyed, and the server rolls back by itself.
          if (!connection.isBroken()) await control('rollback').catch(() => {});
          throw problem;
        }
      }),
    ...(mayListen && { listen: (channel, listener) => listenOn(pool, channel, listener, bounds) }),
  };
}

/** The texts that each name was given to, in this process. */
const textsByName = new Map<string, string[]>();

/** A connection knows one text by one name; two schemas over one pool have the same statements on other tables. */
function nameFor(name: string, text: string): string {
  const texts = textsByName.get(name) ?? [];
  textsByName.set(name, texts);
  const known = texts.indexOf(text);
  const place = known < 0 ? texts.push(text) : known + 1;
  return place === 1 ? name : `${name}_${place}`;
}
