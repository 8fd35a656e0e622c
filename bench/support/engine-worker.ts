/**
 * A worker process behind ENGINE (`none`, `bullmq` or `pg-boss`), on the Postgres of DATABASE_URL and the Redis of REDIS_URL.
 * It tells its parent when it is connected, begins when it is told to, and ends with its parent.
 */
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import PgBoss from 'pg-boss';
import { createBuilds, outbox } from 'wrk-builds';
import { bullmq } from 'wrk-builds/bullmq';
import { pgBoss } from 'wrk-builds/pg-boss';
import type { Engine } from 'wrk-builds/ports';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { wrkHttp } from 'wrk-builds/wrk-http';
import { schemas } from './schemas.js';

const { DATABASE_URL = '', REDIS_URL = '', WRK_URL = '', ENGINE } = process.env;

const openEngine = async (): Promise<Engine | null> => {
  if (ENGINE === 'bullmq') {
    const connection = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
    return bullmq({ Queue, Worker, QueueEvents }, { connection, prefix: 'wrk-builds-bench' });
  }
  if (ENGINE !== 'pg-boss') return null;
  const boss = new PgBoss({ connectionString: DATABASE_URL, schema: 'bench_pgboss', max: 4 });
  boss.on('error', (problem) => console.error(problem));
  await boss.start();
  return pgBoss(boss);
};

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 8 });
await pool.query('select 1');
const storage = postgres(nodePostgres(pool), schemas);
const engine = await openEngine();
const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
const builds = createBuilds({
  ...(engine ? outbox(engine, storage) : storage),
  wrk: wrkHttp({ baseUrl: WRK_URL, duplicates: { by: 'idempotency-key' } }),
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
  onEvent: (event) => {
    if (event.type === 'worker_problem') console.error(event.worker, event.problem);
  },
});
process.once('message', () => builds.startWorkers({ concurrency: { builds: 64, notifications: 0 } }));
process.once('disconnect', () => process.exit());
process.send?.('ready');
