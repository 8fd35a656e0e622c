/**
 * Many slow calls at once: IN_FLIGHT (default 2,000) calls of CALL_MS (default 1,000) each in one worker process, on a
 * pool of at most CONNECTIONS (default 10), until N (default 10,000) builds are done. On the Postgres of DATABASE_URL, in
 * the schemas `bench_host` and `bench_builds`, which are dropped first. WRK is a process of its own, and so is whoever
 * requests the builds beforehand.
 *
 * Timed is from the start of the workers to the last completion. The ideal is what IN_FLIGHT calls at once can do where
 * the database, the network and this process take no time: IN_FLIGHT / CALL_MS. Notifications are written and not
 * delivered.
 */
import pg from 'pg';
import { createBuilds } from 'wrk-builds';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { wrkHttp } from 'wrk-builds/wrk-http';
import { requestBuilds } from './support/request-builds.js';
import { schemas } from './support/schemas.js';
import { startSlowWrk } from './support/slow-wrk.js';

const N = Number(process.env.N ?? 10_000);
const IN_FLIGHT = Number(process.env.IN_FLIGHT ?? 2_000);
const CALL_MS = Number(process.env.CALL_MS ?? 1_000);
const CONNECTIONS = Number(process.env.CONNECTIONS ?? 10);
const LOOK_MS = 20;

const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);

await requestBuilds(N);
const wrk = await startSlowWrk({ CALL_MS: String(CALL_MS) });
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: CONNECTIONS });

let completed = 0;
/** Events that a smooth run has none of, by type and reason. */
const others: Record<string, number> = {};
let finish = () => {};
const finished = new Promise<void>((resolve) => {
  finish = resolve;
});
const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
const builds = createBuilds({
  ...postgres(nodePostgres(pool), schemas),
  wrk: wrkHttp({ baseUrl: wrk.baseUrl, duplicates: { by: 'idempotency-key' } }),
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
  onEvent: (event) => {
    const { type } = event;
    if (type === 'build_completed') completed += 1;
    else if (type === 'wrk_answered' ? event.answer !== 'created' : type !== 'build_claimed') {
      const why = type === 'wrk_answered' ? event.detail : type === 'worker_problem' ? event.problem : '';
      others[`${type} ${why}`.trim()] = (others[`${type} ${why}`.trim()] ?? 0) + 1;
    }
    if (completed === N) finish();
  },
});
await pool.query('select 1');

const rssBefore = process.memoryUsage.rss();
let rssPeak = rssBefore;
let connections = 0;
const looking = setInterval(() => {
  rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
  connections = Math.max(connections, pool.totalCount);
}, LOOK_MS);

const cpuBefore = process.cpuUsage();
const begun = performance.now();
const workers = builds.startWorkers({ concurrency: { builds: IN_FLIGHT, notifications: 0 } });
await finished;
const seconds = (performance.now() - begun) / 1_000;
const cpu = process.cpuUsage(cpuBefore);
clearInterval(looking);
const { peak, calls } = await wrk.seen();
await workers.stop();
await pool.end();
wrk.stop();

const ideal = IN_FLIGHT / (CALL_MS / 1_000);
console.log(
  JSON.stringify({
    name: 'calls in flight',
    n: N,
    builds_per_s: Math.round(N / seconds),
    ideal_per_s: Math.round(ideal),
    of_ideal: Number((N / seconds / ideal).toFixed(2)),
    calls,
    peak_in_flight: peak,
    rss_before_mb: megabytes(rssBefore),
    rss_peak_mb: megabytes(rssPeak),
    connections,
    cpu_s: Number(((cpu.user + cpu.system) / 1e6).toFixed(1)),
    seconds: Number(seconds.toFixed(1)),
    others,
  }),
);
