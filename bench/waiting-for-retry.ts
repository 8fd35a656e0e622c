/**
 * What builds cost that wait for a retry: N (default 10,000) of them, each told by WRK once to come back in 10 minutes (503
 * with Retry-After), in one worker process that then has nothing to do. On the Postgres of DATABASE_URL, in the schemas
 * `bench_host` and `bench_builds`, which are dropped first.
 *
 * It compares the process before any build was called with the process while all of them wait: connections, leases,
 * timers, and the statements that it sends in WATCH_MS (default 60,000). Exits with 1 where the builds hold anything.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createBuilds } from 'wrk-builds';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { wrkHttp } from 'wrk-builds/wrk-http';
import { countStatements } from './support/count-statements.js';
import { requestBuilds } from './support/request-builds.js';
import { schemas } from './support/schemas.js';
import { startSlowWrk } from './support/slow-wrk.js';

const N = Number(process.env.N ?? 10_000);
const WATCH_MS = Number(process.env.WATCH_MS ?? 60_000);
const CONNECTIONS = 10;

await requestBuilds(N);
const wrk = await startSlowWrk({ STATUS: '503', RETRY_AFTER: '600' });
const admin = new pg.Client({ connectionString: process.env.DATABASE_URL, application_name: 'bench' });
await admin.connect();
const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  application_name: 'worker',
  max: CONNECTIONS,
});
const statements = countStatements(pool);

let rescheduleBuild = 0;
const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
const { startWorkers, stats } = createBuilds({
  ...postgres(nodePostgres(statements.pool), schemas),
  wrk: wrkHttp({ baseUrl: wrk.baseUrl, duplicates: { by: 'idempotency-key' } }),
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
  onEvent: ({ type }) => {
    if (type === 'build_rescheduled') rescheduleBuild += 1;
  },
});

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
const count = async (text: string) => Number((await admin.query<{ n: string }>(text)).rows[0]?.n);
/** What the process holds at this moment, and what is held for it in the database. */
const look = async () => ({
  timers: timers(),
  'connections of the pool': pool.totalCount,
  'of these in use (one listens)': pool.totalCount - pool.idleCount,
  'waiting for a connection': pool.waitingCount,
  'connections at the server': await count(
    `select count(*) as n from pg_stat_activity where datname = current_database() and application_name = 'worker'`,
  ),
  'of these in a transaction or a statement': await count(
    `select count(*) as n from pg_stat_activity
      where datname = current_database() and application_name = 'worker' and state <> 'idle'`,
  ),
  'leases on builds': await count(
    'select count(*) as n from bench_builds.workflow_bindings where lease_until is not null',
  ),
  'leases on messages': await count(
    'select count(*) as n from bench_builds.messages where lease_until is not null',
  ),
  'builds that wait for a later time': await count(
    `select count(*) as n from bench_builds.workflow_bindings where status = 'pending' and run_at > now()`,
  ),
});
/** Statements a second of workers that find nothing to do. */
const idleRate = () => statements.rateWithin(WATCH_MS);

// Before: workers that run, and find nothing, since what they could take is put out of their sight.
const hide = (interval: string) =>
  admin.query(`
    update bench_builds.workflow_bindings set run_at = run_at ${interval};
    update bench_builds.messages set run_at = run_at ${interval}`);
await hide(`+ interval '1 day'`);
const workers = startWorkers({ concurrency: { builds: 256, notifications: 0 } });
await sleep(2_000);
const rateBefore = await idleRate();
const before = { ...(await look()), 'statements a second': rateBefore };
await hide(`- interval '1 day'`);

while (rescheduleBuild < N) await sleep(100);
// Sockets to WRK, and connections that the burst needed, are let go of after some seconds.
await sleep(15_000);
const rateWaiting = await idleRate();
const waiting = { ...(await look()), 'statements a second': rateWaiting };
const queues = await stats();
const { calls } = await wrk.seen();
await workers.stop();
await pool.end();
await admin.end();
wrk.stop();

const names = Object.keys(before) as (keyof typeof before)[];
console.table(
  Object.fromEntries(
    names.map((name) => [name, { 'none called yet': before[name], [`${N} wait`]: waiting[name] }]),
  ),
);
console.log(
  JSON.stringify({ calls, messages_waiting: queues.buildRequests.waiting, held: queues.buildsInFlight }),
);
const held =
  waiting['leases on builds'] +
  waiting['leases on messages'] +
  (waiting.timers - before.timers) +
  waiting['waiting for a connection'];
process.exitCode = held > 0 || waiting['builds that wait for a later time'] !== N ? 1 : 0;
