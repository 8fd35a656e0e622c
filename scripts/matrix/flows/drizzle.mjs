import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { fromDrizzle } from 'wrk-builds/postgres';
import { buildOnPostgres } from './on-postgres.mjs';

await buildOnPostgres((url) => {
  const pool = new pg.Pool({ connectionString: url });
  const db = drizzle(pool);
  return {
    inTransaction: (work) => db.transaction((tx) => work(fromDrizzle(tx))),
    close: () => pool.end(),
  };
});
