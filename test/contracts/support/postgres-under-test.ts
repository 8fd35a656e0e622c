import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import {
  createHostTables,
  migrate,
  type NodePostgresOptions,
  nodePostgres,
  type PostgresStorage,
  type PostgresTx,
  pglite,
  postgres,
} from '../../../src/adapters/postgres/index.js';
import type { StorageHarness, StorageUnderTest } from '../../../src/testing/storage-harness.js';
import { createHostDatabase } from './host-database.js';
import { AGENCY_HOST, DEFAULT_HOST, FOREIGN_HOST, type HostShape, TEXT_ID_HOST } from './host-shapes.js';
import { passTime } from './pass-time.js';
import {
  clearPostgres,
  postgresHost,
  postgresLibraryRows,
  type RunScript,
  type RunSql,
} from './postgres-host.js';

/** Where a pool's connections read times as text, to the microsecond. */
const textTimes = {
  getTypeParser: (oid: number) => (oid === 1184 ? (text: string) => text : pg.types.getTypeParser(oid)),
};

/** How the adapter gets to its database, and what is in it; the host always goes there directly. */
interface Way extends NodePostgresOptions {
  /** The address of the way to a database; default: its own. */
  readonly through?: (url: string) => string;
  /** The host's tables; default: the default ones. */
  readonly shape?: HostShape;
}

/** Real Postgres, one database for each test file. */
export async function openPostgres({
  through = (url) => url,
  shape = DEFAULT_HOST,
  ...options
}: Way = {}): Promise<StorageHarness<PostgresTx> & PostgresStorage & { readonly pool: pg.Pool }> {
  const database = await createHostDatabase(shape);
  const pool = new pg.Pool({ connectionString: through(database.url), max: 20 });
  const host = new pg.Pool({ connectionString: database.url, max: 5, types: textTimes });
  // The database is dropped at the end while idle connections may still be closing.
  for (const each of [pool, host]) each.on('error', () => {});
  const run: RunSql = async (text, values = []) => (await host.query(text, [...values])).rows;
  const script: RunScript = (text) => host.query(text);
  return {
    pool,
    ...postgres(nodePostgres(pool, options), shape.options),
    host: {
      ...shape.host(run),
      lock: async (table, id) => {
        const client = await host.connect();
        await client.query('begin');
        await client.query(`select from ${shape.tables[table]} where id = $1 for update`, [id]);
        let isReleased = false;
        const release = async () => {
          if (isReleased) return;
          isReleased = true;
          await client.query('commit');
          client.release();
        };
        // A case that fails must not keep those behind it waiting.
        onTestFinished(release);
        return { release };
      },
    },
    libraryRows: () => postgresLibraryRows(run, shape.auditRows),
    passTime: (ms) => passTime(script, ms),
    clear: () => clearPostgres(script, shape.clearing),
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

/** A host of another shape, from its mapping alone. */
export const foreignHostUnderTest: StorageUnderTest<PostgresTx> = {
  name: 'Postgres with the tables of a foreign host',
  concurrent: true,
  // There the project points at its version.
  cannot: ['have_several_versions_of_a_project'],
  open: () => openPostgres({ shape: FOREIGN_HOST }),
};

/** A host whose tasks name versions, and whose rows exist under conditions, from its mapping alone. */
export const agencyHostUnderTest: StorageUnderTest<PostgresTx> = {
  name: 'Postgres with the tables of an agency',
  concurrent: true,
  open: () => openPostgres({ shape: AGENCY_HOST }),
};

/** The default tables with ids that are text. */
export const textIdsUnderTest: StorageUnderTest<PostgresTx> = {
  name: 'Postgres with ids of text',
  concurrent: true,
  open: () => openPostgres({ shape: TEXT_ID_HOST }),
};

/** Postgres inside this process, with the default tables. */
async function openPglite(): Promise<StorageHarness<PostgresTx> & { readonly instance: PGlite }> {
  const instance = await PGlite.create();
  const run: RunSql = async (text, values = []) => {
    const { rows } = await instance.query<Record<string, unknown>>(text, [...values], {
      parsers: { 1184: (time) => time },
    });
    return rows;
  };
  const script: RunScript = (text) => instance.exec(text);
  const database = pglite(instance);
  await createHostTables(database);
  await migrate(database);
  return {
    instance,
    ...postgres(database),
    host: {
      ...postgresHost(run),
      lock: async () => {
        throw new Error('An embedded database runs one transaction at a time.');
      },
    },
    libraryRows: () => postgresLibraryRows(run, DEFAULT_HOST.auditRows),
    passTime: (ms) => passTime(script, ms),
    clear: () => clearPostgres(script, DEFAULT_HOST.clearing),
    close: () => instance.close(),
  };
}

type PgliteStore = Awaited<ReturnType<typeof openPglite>>;

/** Stores that were closed. Opening costs seconds, so that the next suite in this process goes on with it. */
const closed: PgliteStore[] = [];

/** An embedded database that an earlier suite may have used; a suite clears it before each test. */
export async function reopenPglite(): Promise<PgliteStore> {
  const store = closed.pop() ?? (await openPglite());
  return { ...store, close: async () => void closed.push(store) };
}

export const pgliteUnderTest: StorageUnderTest<PostgresTx> = {
  name: 'PGlite',
  concurrent: false,
  open: reopenPglite,
};
