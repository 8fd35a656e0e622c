import { randomBytes } from 'node:crypto';
import pRetry from 'p-retry';
import { createHostTables, migrate, nodePostgres, type PostgresDatabase, pglite } from 'wrk-builds/postgres';

/** The schemas of one run: the library's tables, and the host's. */
export interface DemoSchemas {
  readonly schema: string;
  readonly host: { readonly schema: string };
}

/** A database with empty tables, for one run of the demo. */
export interface OpenDatabase {
  readonly database: PostgresDatabase;
  readonly schemas: DemoSchemas;
}

/** The database that this run uses. */
export interface DemoDatabase {
  /** What it is, for the person who watches. */
  readonly label: string;
  readonly open: () => Promise<OpenDatabase>;
  /** Removes everything that the run made in it; also when `open` failed or is still at it. */
  readonly close: () => Promise<void>;
}

/** An embedded database, or two schemas of this run's own in the database that `url` names. */
export async function chooseDatabase(url: string | undefined): Promise<DemoDatabase> {
  const name = `wrk_builds_demo_${randomBytes(6).toString('hex')}`;
  const schemas = { schema: name, host: { schema: `${name}_host` } };
  return url === undefined || url === '' ? embedded(schemas) : await onServer(url, schemas);
}

async function withTables(database: PostgresDatabase, schemas: DemoSchemas): Promise<OpenDatabase> {
  await createHostTables(database, schemas);
  await migrate(database, schemas);
  return { database, schemas };
}

function embedded(schemas: DemoSchemas): DemoDatabase {
  let shut = async () => {};
  return {
    label: 'embedded Postgres, in this process',
    open: async () => {
      const { PGlite } = await import('@electric-sql/pglite');
      const instance = await PGlite.create();
      shut = () => instance.close();
      return withTables(pglite(instance), schemas);
    },
    close: () => shut(),
  };
}

async function onServer(url: string, schemas: DemoSchemas): Promise<DemoDatabase> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url, max: 5 });
  // A connection that breaks while idle is replaced; without a listener it would end the process.
  pool.on('error', () => undefined);
  const database = nodePostgres(pool);
  let opening: Promise<unknown> = Promise.resolve();
  return {
    label: `DATABASE_URL, schemas ${schemas.schema} and …_host, removed in the end`,
    open: async () => {
      const opened = withTables(database, schemas);
      opening = opened;
      return opened;
    },
    close: async () => {
      // Tables that are just being made would come after the removal.
      const isOpen = await opening.then(
        () => true,
        () => false,
      );
      const drop = `drop schema if exists "${schemas.schema}", "${schemas.host.schema}" cascade`;
      // After Ctrl-C a worker's statement may be under way, and the two can deadlock: then the removal goes again.
      if (isOpen) await pRetry(() => database.script(drop), { retries: 5, minTimeout: 200 });
      else await database.script(drop).catch(() => undefined);
      await pool.end();
    },
  };
}
