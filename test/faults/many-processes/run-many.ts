import pg from 'pg';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { createBuilds } from '../../../src/create-builds.js';
import { createFakeWrk, type FakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import { type FakeWrkServer, startFakeWrkServer } from '../../../src/testing/wrk/fake-wrk-server.js';
import { createDatabase } from '../../support/database.js';
import type { RunningWorker, WorkerProgram } from '../../support/processes/start-worker.js';
import { type RedisForTests, startRedis } from '../../support/redis.js';
import { until } from '../../support/until.js';
import { requestBuilds } from '../kills/request-builds.js';
import { flushWaiting } from './flush-waiting.js';
import { type Delivered, type PostOffice, startPostOffice } from './post-office.js';
import type { QueueWorkerSettings } from './settings.js';

/** How much a run is. */
export interface HowMany {
  readonly builds: number;
  readonly processes: number;
  readonly kills: number;
}

/** What one SIGKILL cut off. */
interface CutOff {
  /** References that WRK was asked for by the killed process, and had not answered. */
  readonly calls: readonly string[];
  readonly delivered: readonly Delivered[];
}

/** What there is to look at once nothing waits. */
export interface ManyRun {
  readonly pool: pg.Pool;
  readonly fake: FakeWrk;
  readonly office: PostOffice;
  readonly cutOff: readonly CutOff[];
  /** Messages that were in Redis when it was emptied. */
  readonly lost: readonly string[];
  readonly seconds: number;
  readonly close: () => Promise<void>;
}

const LATENCY_MS = 300;
const WORKERS = {
  concurrency: { builds: 8, notifications: 16 },
  pollIntervalMs: 50,
  leaseMs: 3_000,
  sweepIntervalMs: 500,
};

/**
 * Requests builds, and works them off in several processes behind BullMQ. One process after the other is killed and
 * started again, spread evenly over the run, each while it waits for WRK or for the post office; half way, Redis loses
 * everything.
 *
 * @param delivered - How many delivered there are at the end, if none came twice: by these the run is measured.
 */
export async function runMany(
  program: WorkerProgram<QueueWorkerSettings>,
  { builds, processes, kills }: HowMany,
  delivered: number,
): Promise<ManyRun> {
  const open: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const each of open.splice(0).reverse()) await each();
  };
  try {
    const { url: databaseUrl, drop } = await createDatabase();
    open.push(drop);
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 5 });
    pool.on('error', () => {});
    open.push(() => pool.end());
    const redis: RedisForTests = await startRedis();
    open.push(redis.stop);
    const office = await startPostOffice();
    open.push(office.close);
    const fake = createFakeWrk({ latencyMs: LATENCY_MS });
    await requestAll(pool, fake, builds);

    const workers: RunningWorker[] = [];
    open.push(() => Promise.all(workers.map((worker) => worker.kill())));
    const fronts = await Promise.all(Array.from({ length: processes }, () => startFront(fake)));
    open.push(() => Promise.all(fronts.map((front) => front.close())));
    const start = (place: number, { url }: Front) => {
      workers[place] = program.start({
        databaseUrl,
        redisUrl: redis.url,
        wrkUrl: url,
        officeUrl: office.urlFor(place),
        workers: WORKERS,
      });
    };
    const begun = performance.now();
    for (const [place, front] of fronts.entries()) start(place, front);

    const cutOff: CutOff[] = [];
    let lost: readonly string[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      await until(() => {
        for (const worker of workers) worker.mustRun();
        return office.delivered().length >= (delivered * kill) / (kills + 1);
      });
      if (kill === Math.floor(kills / 2)) lost = await flushWaiting(redis.url);
      const place = kill % processes;
      const [worker, front] = [workers[place], fronts[place]];
      if (!worker || !front) throw new Error('there is one in each place');
      // Calls and delivered round-robin, for as long as there are builds that WRK was not asked for.
      let now: CutOff = { calls: [], delivered: [] };
      await until(() => {
        worker.mustRun();
        now = { calls: front.inFlight(), delivered: office.inFlight(place) };
        const waitsForWrk = kill % 2 === 0 && fake.workflows().length < builds;
        return (waitsForWrk ? now.calls : now.delivered).length > 0;
      });
      await worker.kill();
      cutOff.push(now);
      start(place, front);
    }
    await until(async () => {
      for (const worker of workers) worker.mustRun();
      return (await pool.query<{ over: boolean }>(IS_OVER)).rows[0]?.over === true;
    });
    const seconds = (performance.now() - begun) / 1_000;
    // The host's tables have no index on what one looks for afterwards.
    await pool.query('create index on audit_logs (resource_id); create index on tasks (context_id); analyze');
    return { pool, fake, office, cutOff, lost, seconds, close };
  } catch (problem) {
    await close();
    throw problem;
  }
}

const IS_OVER = `
select not exists (select from wrk_builds.workflow_bindings where status = 'pending')
   and not exists (select from wrk_builds.messages where dead_at is null) as over`;

async function requestAll(pool: pg.Pool, fake: FakeWrk, builds: number): Promise<void> {
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
  const host = createBuilds({
    ...postgres(nodePostgres(pool)),
    wrk: fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } }),
    notifiers: { email: nobody, inApp: nobody, slack: nobody },
    resolveRecipients: async () => [],
  });
  await requestBuilds(pool, host, builds);
}

/** WRK as one process sees it. */
interface Front extends FakeWrkServer {
  /** References of calls of this process that were taken, and surely not answered. */
  readonly inFlight: () => readonly string[];
}

async function startFront(fake: FakeWrk): Promise<Front> {
  const taken: { readonly reference: string; readonly at: number }[] = [];
  const server = await startFakeWrkServer({
    ...fake,
    take: (request) => {
      taken.push({ reference: request.reference ?? '', at: Date.now() });
      return fake.take(request);
    },
  });
  return {
    ...server,
    inFlight: () => {
      const since = Date.now() - LATENCY_MS / 2;
      return taken.flatMap(({ reference, at }) => (at > since ? [reference] : []));
    },
  };
}
