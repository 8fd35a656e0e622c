import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { fromKysely } from 'wrk-builds/postgres';
import { buildOnPostgres } from './on-postgres.mjs';

await buildOnPostgres((url) => {
  const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) });
  return {
    inTransaction: (work) => db.transaction().execute((trx) => work(fromKysely(trx))),
    close: () => db.destroy(),
  };
});
