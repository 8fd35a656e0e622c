/**
 * Builds per second by the queue of Postgres and by way of each engine, with 1 and 4 worker processes: N (default 3,000)
 * builds that were requested beforehand, calls of CALL_MS (default 50), from the start of the workers to the last
 * completion. On the Postgres of DATABASE_URL, in the schemas `bench_host`, `bench_builds` and `bench_pgboss`, which are
 * dropped first, and the Redis of REDIS_URL; without that, BullMQ is left out. ROUNDS (default 1) of all, alternating.
 *
 * Notifications are written and not delivered. Compare only figures of one run on one machine.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { requestBuilds } from './support/request-builds.js';
import { startSlowWrk } from './support/slow-wrk.js';

const N = Number(process.env.N ?? 3_000);
const CALL_MS = process.env.CALL_MS ?? '50';
const ROUNDS = Number(process.env.ROUNDS ?? 1);
const ENGINES = ['none', ...(process.env.REDIS_URL ? ['bullmq'] : []), 'pg-boss'];
const LOOK_MS = 25;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
const count = async (): Promise<number> => {
  const { rows } = await pool.query(
    `select count(*)::int as active from bench_builds.workflow_bindings where status = 'active'`,
  );
  return rows[0].active;
};

const startWorker = async (engine: string, wrkUrl: string): Promise<ChildProcess> => {
  const worker = fork(fileURLToPath(new URL('./support/engine-worker.ts', import.meta.url)), {
    env: { ...process.env, ENGINE: engine, WRK_URL: wrkUrl },
  });
  await once(worker, 'message');
  return worker;
};

const measure = async (engine: string, processes: number) => {
  await pool.query('drop schema if exists bench_pgboss cascade');
  await requestBuilds(N);
  const wrk = await startSlowWrk({ CALL_MS });
  const workers: ChildProcess[] = [];
  for (let started = 0; started < processes; started += 1)
    workers.push(await startWorker(engine, wrk.baseUrl));
  const begun = performance.now();
  for (const worker of workers) worker.send('begin');
  while ((await count()) < N) await sleep(LOOK_MS);
  const seconds = (performance.now() - begun) / 1_000;
  const { calls } = await wrk.seen();
  for (const worker of workers) {
    const ended = once(worker, 'exit');
    worker.disconnect();
    await ended;
  }
  wrk.stop();
  return { engine, processes, n: N, calls, builds_per_s: Math.round(N / seconds) };
};

for (let round = 0; round < ROUNDS; round += 1) {
  for (const processes of [1, 4]) {
    for (const engine of ENGINES) console.log(JSON.stringify(await measure(engine, processes)));
  }
}
await pool.end();
