import pg from 'pg';
import { nodePostgres, postgres } from '../../../../src/adapters/postgres/index.js';
import { openPostgres } from '../../../contracts/support/postgres-under-test.js';
import { startCuttingProxy } from './cutting-proxy.js';

/** Longer than any test, also one that turns the clock; and it looks for work once, and is woken by nobody. */
const PATIENT = { acquireMs: 86_400_000, statementMs: 86_400_000, listen: false };

/** A database with two ways to it: one that always holds, and one whose connections break when a test says so. */
export async function openCuttableStore() {
  const store = await openPostgres();
  const proxy = await startCuttingProxy(`${store.pool.options.connectionString}`);
  const pool = new pg.Pool({ connectionString: proxy.url, max: 5 });
  return {
    ...store,
    proxy,
    cuttablePool: pool,
    cuttable: postgres(nodePostgres(pool, PATIENT)),
    close: async () => {
      await pool.end();
      await proxy.close();
      await store.close();
    },
  };
}
