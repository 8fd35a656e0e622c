import postgres from 'postgres';
import { fromPostgresJs } from 'wrk-builds/postgres';
import { buildOnPostgres } from './on-postgres.mjs';

await buildOnPostgres((url) => {
  const sql = postgres(url);
  return {
    inTransaction: (work) => sql.begin((tx) => work(fromPostgresJs(tx))),
    close: () => sql.end(),
  };
});
