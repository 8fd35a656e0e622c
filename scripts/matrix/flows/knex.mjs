import knex from 'knex';
import { fromKnex } from 'wrk-builds/postgres';
import { buildOnPostgres } from './on-postgres.mjs';

await buildOnPostgres((url) => {
  const db = knex({ client: 'pg', connection: url });
  return {
    inTransaction: (work) => db.transaction((trx) => work(fromKnex(trx))),
    close: () => db.destroy(),
  };
});
