import { sql as drizzleSql } from 'drizzle-orm';
import { drizzle as drizzleOverPg } from 'drizzle-orm/node-postgres';
import { drizzle as drizzleOverPglite } from 'drizzle-orm/pglite';
import { CamelCasePlugin, Kysely, sql as kyselySql, ParseJSONResultsPlugin, PostgresDialect } from 'kysely';
import pg from 'pg';
import {
  fromDrizzle,
  fromKysely,
  fromPg,
  fromPglite,
  nodePostgres,
  type PostgresTx,
  postgres,
} from '../../../../src/adapters/postgres/index.js';
import type { StorageHarness } from '../../../../src/testing/storage-harness.js';
import { openPostgres, reopenPglite } from '../../../contracts/support/postgres-under-test.js';

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
