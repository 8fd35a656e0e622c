import { migrate, nodePostgres } from 'wrk-builds/postgres';
import { openPool, wireBuilds } from './lib/builds';
import { host } from './lib/host';

// A process that builds: `node --import tsx worker.mts`. Run as many as you like.
const pool = openPool();
await migrate(nodePostgres(pool), { host });
const workers = wireBuilds(pool).startWorkers();
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void workers.stop().finally(() => pool.end()));
