import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import {
  createHostTables,
  migrate,
  type NodePostgresOptions,
  nodePostgres,
  type PostgresTx,
  pglite,
  postgres,
} from '../../../src/adapters/postgres/index.js';
import type { StorageHarness, StorageUnderTest } from '../../../src/testing/storage-harness.js';
import { createDatabase } from '../../support/database.js';
import { clearPostgres, postgresHost, postgresLibraryRows, type RunSql } from './postgres-host.js';

const LOCKABLE = {
  projects: 'projects',
  tasks: 'tasks',
  quotes: 'quotes',
  automationVersions: 'automation_versions',
};

/** Where a pool's connections read times as text, to the microsecond. */
const textTimes = {
  getTypeParser: (oid: number) => (oid === 1184 ? (text: string) => text : pg.types.getTypeParser(oid)),
};

/** How the adapter gets to its database; the host always goes there directly. */
interface Way extends NodePostgresOptions {
  /** The address of the way to a database; default: its own. */
  readonly through?: (url: string) => string;
}

/** Real Postgres, one database for each test file, with the default tables. */
export async function openPostgres({
  through = (url) => url,
  ...options
}: Way = {}): Promise<StorageHarness<PostgresTx> & { readonly pool: pg.Pool }> {
  const database = await createDatabase();
  const pool = new pg.Pool({ connectionString: through(database.url), max: 20 });
  const host = new pg.Pool({ connectionString: database.url, max: 5, types: textTimes });
  // The database is dropped at the end while idle connections may still be closing.
  for (const each of [pool, host]) each.on('error', () => {});
  const run: RunSql = async (text, values = []) => (await host.query(text, [...values])).rows;
  await createHostTables(nodePostgres(pool, options));
  await migrate(nodePostgres(pool, options));
  return {
    pool,
    ...postgres(nodePostgres(pool, options)),
    host: {
      ...postgresHost(run),
      lock: async (table, id) => {
        const client = await host.connect();
        await client.query('begin');
        await client.query(`select from ${LOCKABLE[table]} where id = $1 for update`, [id]);
        return {
          release: async () => {
            await client.query('commit');
            client.release();
          },
        };
      },
    },
    libraryRows: () => postgresLibraryRows(run),
    passTime: (ms) => sleep(ms),
    clear: () => clearPostgres(run),
    close: async () => {
      await pool.end();
      await host.end();
      await database.drop();
    },
  };
}

export const postgresUnderTest: StorageUnderTest<PostgresTx> = {
  name: 'Postgres',
  concurrent: true,
  open: () => openPostgres(),
};

async function openPglite(): Promise<StorageHarness<PostgresTx>> {
  const instance = await PGlite.create();
  const run: RunSql = async (text, values = []) => {
    const { rows } = await instance.query<Record<string, unknown>>(text, [...values], {
      parsers: { 1184: (time) => time },
    });
    return rows;
  };
  const database = pglite(instance);
  await createHostTables(database);
  await migrate(database);
  return {
    ...postgres(database),
    host: {
      ...postgresHost(run),
      lock: async () => {
        throw new Error('An embedded database runs one transaction at a time.');
      },
    },
    libraryRows: () => postgresLibraryRows(run),
    passTime: (ms) => sleep(ms),
    clear: () => clearPostgres(run),
    close: () => instance.close(),
  };
}

export const pgliteUnderTest: StorageUnderTest<PostgresTx> = {
  name: 'PGlite',
  concurrent: false,
  open: openPglite,
};
