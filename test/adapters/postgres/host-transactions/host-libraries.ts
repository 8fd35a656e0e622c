import { sql as drizzleSql } from 'drizzle-orm';
import { drizzle as drizzleOverPg } from 'drizzle-orm/node-postgres';
import { drizzle as drizzleOverPglite } from 'drizzle-orm/pglite';
import { drizzle as drizzleOverPostgresJs } from 'drizzle-orm/postgres-js';
import knexOn from 'knex';
import { CamelCasePlugin, Kysely, sql as kyselySql, ParseJSONResultsPlugin, PostgresDialect } from 'kysely';
import pg from 'pg';
import postgresJs from 'postgres';
import {
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromPg,
  fromPglite,
  fromPostgresJs,
  fromPrisma,
  nodePostgres,
  type PostgresTx,
  postgres,
} from '../../../../src/adapters/postgres/index.js';
import type { StorageHarness } from '../../../../src/testing/storage-harness.js';
import { openPostgres, reopenPglite } from '../../../contracts/support/postgres-under-test.js';
import { openPrisma } from './prisma-client.js';

/** A transaction as the host has it in its hands. */
interface HostTransaction {
  readonly tx: PostgresTx;
  /** Runs a statement of the host's own in it. */
  readonly run: (text: string) => Promise<readonly object[]>;
}

/** A database that a host works on with one library; ours has no other connection to it than the host's only one. */
export interface HostStore extends StorageHarness<PostgresTx> {
  /** What the library offers: it commits when `work` is done, and rolls back and rethrows when `work` throws. */
  readonly transaction: (work: (host: HostTransaction) => Promise<void>) => Promise<void>;
}

export interface HostLibrary {
  readonly name: string;
  readonly open: () => Promise<HostStore>;
}

/** A pool of one connection: whoever wants a second one while the transaction is open waits for ever. */
async function openOnOneConnection(transactionOn: (pool: pg.Pool) => HostStore['transaction']) {
  const store = await openPostgres();
  const pool = new pg.Pool({ ...store.pool.options, max: 1 });
  pool.on('error', () => {});
  return {
    ...store,
    ...postgres(nodePostgres(pool)),
    transaction: transactionOn(pool),
    close: async () => {
      await pool.end();
      await store.close();
    },
  };
}

/** A library with the only connection of its own: whoever wants a second one while the transaction is open waits for ever. */
async function openBeside<Library>(
  connect: (url: string) => Library,
  transactionOn: (library: Library) => HostStore['transaction'],
  end: (library: Library) => Promise<unknown>,
): Promise<HostStore> {
  const store = await openPostgres();
  const library = connect(store.pool.options.connectionString ?? '');
  return {
    ...store,
    transaction: transactionOn(library),
    close: async () => {
      await end(library);
      await store.close();
    },
  };
}

const postgresJsOn = (url: string) => postgresJs(url, { max: 1, onnotice: () => {} });

/** A statement of the host's that may fail: postgres.js would end the transaction for it, unless it is caught before. */
async function runOnPostgresJs(tx: postgresJs.TransactionSql, text: string): Promise<readonly object[]> {
  const pending = tx.unsafe(text);
  Object.assign(pending, { catch: () => pending });
  return [...(await pending)];
}

/** Begins on a client of node-postgres, by hand. */
const transactionByHand =
  (pool: pg.Pool): HostStore['transaction'] =>
  async (work) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await work({ tx: fromPg(client), run: async (text) => (await client.query(text)).rows });
      await client.query('commit');
    } catch (problem) {
      await client.query('rollback');
      throw problem;
    } finally {
      client.release();
    }
  };

/** Libraries over a real server. */
export const LIBRARIES_ON_A_SERVER: readonly HostLibrary[] = [
  { name: 'node-postgres', open: () => openOnOneConnection(transactionByHand) },
  {
    name: 'Drizzle over node-postgres',
    open: () =>
      openOnOneConnection((pool) => {
        const db = drizzleOverPg(pool);
        return (work) =>
          db.transaction((tx) =>
            work({
              tx: fromDrizzle(tx),
              run: async (text) => (await tx.execute(drizzleSql.raw(text))).rows,
            }),
          );
      }),
  },
  {
    name: 'Kysely',
    open: () =>
      openOnOneConnection((pool) => {
        const db = new Kysely<object>({ dialect: new PostgresDialect({ pool }) });
        return (work) =>
          db.transaction().execute((trx) =>
            work({
              tx: fromKysely(trx),
              run: async (text) => (await kyselySql.raw<object>(text).execute(trx)).rows,
            }),
          );
      }),
  },
  {
    name: 'Kysely with plugins that rename columns and parse JSON, begun and ended by hand',
    open: () =>
      openOnOneConnection((pool) => {
        const db = new Kysely<object>({
          dialect: new PostgresDialect({ pool }),
          plugins: [new CamelCasePlugin(), new ParseJSONResultsPlugin()],
        });
        return async (work) => {
          const trx = await db.startTransaction().execute();
          try {
            await work({
              tx: fromKysely(trx),
              run: async (text) => (await kyselySql.raw<object>(text).execute(trx.withoutPlugins())).rows,
            });
            await trx.commit().execute();
          } catch (problem) {
            await trx.rollback().execute();
            throw problem;
          }
        };
      }),
  },
];

/** Libraries with connections of their own, over a real server. */
export const LIBRARIES_BESIDE: readonly HostLibrary[] = [
  {
    name: 'Knex',
    open: () =>
      openBeside(
        (connection) => knexOn({ client: 'pg', connection, pool: { min: 0, max: 1 } }),
        (knex) => (work) =>
          knex.transaction((trx) =>
            work({ tx: fromKnex(trx), run: async (text) => (await trx.raw(text)).rows }),
          ),
        (knex) => knex.destroy(),
      ),
  },
  {
    name: 'Knex, begun and ended by hand',
    open: () =>
      openBeside(
        (connection) => knexOn({ client: 'pg', connection, pool: { min: 0, max: 1 } }),
        (knex) => async (work) => {
          const trx = await knex.transaction();
          try {
            await work({ tx: fromKnex(trx), run: async (text) => (await trx.raw(text)).rows });
            await trx.commit();
          } catch (problem) {
            await trx.rollback();
            throw problem;
          }
        },
        (knex) => knex.destroy(),
      ),
  },
  {
    name: 'postgres.js',
    open: () =>
      openBeside(
        postgresJsOn,
        (sql) => async (work) =>
          void (await sql.begin((tx) =>
            work({ tx: fromPostgresJs(tx), run: (text) => runOnPostgresJs(tx, text) }),
          )),
        (sql) => sql.end(),
      ),
  },
  {
    name: 'Drizzle over postgres.js',
    open: () =>
      openBeside(
        (url) => {
          const sql = postgresJsOn(url);
          return { sql, db: drizzleOverPostgresJs(sql) };
        },
        ({ db }) =>
          (work) =>
            db.transaction((tx) => {
              const { client } = tx._.session as unknown as { readonly client: postgresJs.TransactionSql };
              return work({ tx: fromDrizzle(tx), run: (text) => runOnPostgresJs(client, text) });
            }),
        ({ sql }) => sql.end(),
      ),
  },
  {
    name: 'Prisma',
    open: () =>
      openBeside(
        openPrisma,
        (prisma) => (work) =>
          prisma.$transaction(
            (tx) => work({ tx: fromPrisma(tx), run: (text) => tx.$queryRawUnsafe<object[]>(text) }),
            { timeout: 60_000 },
          ),
        (prisma) => prisma.$disconnect(),
      ),
  },
];

/** Libraries over a database in this process. */
export const LIBRARIES_IN_PROCESS: readonly HostLibrary[] = [
  {
    name: 'PGlite',
    open: async () => {
      const store = await reopenPglite();
      return {
        ...store,
        transaction: (work) =>
          store.instance.transaction((tx) =>
            work({ tx: fromPglite(tx), run: async (text) => (await tx.query<object>(text)).rows }),
          ),
      };
    },
  },
  {
    name: 'Drizzle over PGlite',
    open: async () => {
      const store = await reopenPglite();
      const db = drizzleOverPglite(store.instance);
      return {
        ...store,
        transaction: (work) =>
          db.transaction((tx) =>
            work({
              tx: fromDrizzle(tx),
              run: async (text) => (await tx.execute<Record<string, unknown>>(drizzleSql.raw(text))).rows,
            }),
          ),
      };
    },
  },
];
