import pg from 'pg';
import { migrate, nodePostgres } from 'wrk-builds/postgres';
import { wireBuilds } from './builds.js';
import { host } from './host.js';
import { setting } from './setting.js';

// A process that builds. Run as many as you like.
const pool = new pg.Pool({ connectionString: setting('DATABASE_URL') });
await migrate(nodePostgres(pool), { host });
const workers = wireBuilds(pool).startWorkers();
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void workers.stop().finally(() => pool.end()));
