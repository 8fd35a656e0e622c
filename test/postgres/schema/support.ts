import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import {
  nodePostgres,
  type PostgresDatabase,
  type PostgresOptions,
} from '../../../src/adapters/postgres/index.js';
import { createHostDatabase } from '../../contracts/support/host-database.js';
import type { HostShape } from '../../contracts/support/host-shapes.js';

/** A database with the tables of a host and of the library, gone at the end of the test. */
export async function openSchema(shape: HostShape): Promise<{
  readonly url: string;
  readonly owner: pg.Pool;
  readonly options: PostgresOptions;
}> {
  const { url, drop } = await createHostDatabase(shape);
  const owner = poolFor(url);
  onTestFinished(async () => {
    await owner.end();
    await drop();
  });
  return { url, owner, options: shape.options };
}

/** A pool that a dropped database does not end the process with. */
export function poolFor(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 4 });
  pool.on('error', () => {});
  return pool;
}

/** A role that may log in and nothing else, gone at the end of the test. Roles belong to the whole server. */
export async function openRole(
  owner: pg.Pool,
  url: string,
): Promise<{ readonly role: string; readonly pool: pg.Pool }> {
  const role = `worker_${randomBytes(6).toString('hex')}`;
  await owner.query(`create role ${role} login password 'only for this test'`);
  const address = new URL(url);
  address.username = role;
  address.password = 'only for this test';
  const pool = poolFor(address.href);
  onTestFinished(async () => {
    await pool.end();
    await owner.query(`drop owned by ${role}`);
    await owner.query(`drop role ${role}`);
  });
  return { role, pool };
}

/** The database as it is after some SQL, which is undone in the end. */
export async function whileChanged<T>(
  owner: pg.Pool,
  sql: string,
  work: (database: PostgresDatabase) => Promise<T>,
): Promise<T> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query(sql);
    return await work({
      ...nodePostgres(owner),
      query: async ({ text }, values) => (await client.query(text, [...values])).rows,
    });
  } finally {
    await client.query('rollback');
    client.release();
  }
}
