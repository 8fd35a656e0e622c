import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { Logger } from 'wrk-builds';
import { createHostTables, migrate, nodePostgres } from 'wrk-builds/postgres';

/** A pool for the whole process: sessions, people and builds. */
export function openPool(connectionString: string, logger: Logger): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 20, connectionTimeoutMillis: 5_000 });
  // One that breaks while idle is replaced; without a listener it would end the process.
  pool.on('error', ({ message }) => logger.error({ problem: message }, 'database_connection_lost'));
  return pool;
}

/**
 * Makes the tables that are not there yet. With tables and migrations of your own, keep `migrate` alone.
 *
 * The race: of processes that start together, one makes them and the others wait for it.
 */
export async function prepareDatabase(pool: pg.Pool): Promise<void> {
  const lock = await pool.connect();
  try {
    await lock.query("select pg_advisory_lock(hashtextextended('express-host tables', 0))");
    const database = nodePostgres(pool);
    const { rows } = await lock.query("select to_regclass('public.automations') is null as is_new");
    if (rows[0].is_new) await createHostTables(database);
    await database.script(await readFile(new URL('tables.sql', import.meta.url), 'utf8'));
    await migrate(database);
  } finally {
    // With its connection goes its lock.
    lock.release(true);
  }
}
