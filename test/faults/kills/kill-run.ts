import pg from 'pg';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import type { Builds } from '../../../src/builds.js';
import type { DuplicatePolicy } from '../../../src/core/orchestration/wrk-answer.js';
import { createFakeWrk, type FakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { startFakeWrkServer } from '../../../src/testing/wrk/fake-wrk-server.js';
import { buildsOver } from '../../postgres/support.js';
import { createDatabase } from '../../support/database.js';
import { startLookupServer } from '../../support/lookup-server.js';
import type { RunningWorker, WorkerProgram } from '../../support/processes/start-worker.js';
import { sized } from '../../support/size.js';
import { until } from '../../support/until.js';
import { requestBuilds } from './request-builds.js';

export const BUILDS = sized(40, 200);
export const KILLS = sized(2, 10);
const LATENCY_MS = 300;
/**
 * Few at once, so that also where a build that was cut off is not called again, some are left at the last kill: a process
 * comes to about twice as many before it is killed.
 */
const WORKERS = {
  concurrency: { builds: 8, notifications: 0 },
  pollIntervalMs: 50,
  leaseMs: 3_000,
  sweepIntervalMs: 200,
};
/** How many answers a process lives to see, round-robin: none, the first few, and a whole round. */
const ANSWERS_SEEN = [0, 1, WORKERS.concurrency.builds];

/** One kill. The builds are named by their binding, which is also the reference that WRK gets. */
interface Kill {
  /** By the fake's own view: taken, and surely not answered. */
  readonly inFlight: readonly string[];
  /** Whose ledger row the killed process left open; the statement that would close it may still be on its way. */
  readonly leftOpen: ReadonlySet<string>;
}

/** What there is to look at after the kills, once nothing is pending. */
export interface KilledRun {
  readonly fake: FakeWrk;
  readonly pool: pg.Pool;
  /** The library in the test's own process, without workers: for whoever orders something afterwards. */
  readonly builds: Builds;
  readonly kills: readonly Kill[];
  /** Builds that no process had come to yet at the last kill. */
  readonly untouchedAtLastKill: number;
  /** POSTs that came before the ledger row that should stand for them. */
  readonly unannounced: readonly string[];
  readonly close: () => Promise<void>;
}

/** Requests the builds, and kills the process that works them off whenever calls are in flight. */
export async function runWithKills(
  program: WorkerProgram,
  duplicates: DuplicatePolicy,
  { honoursKeys }: { readonly honoursKeys: boolean },
): Promise<KilledRun> {
  const { url, drop } = await createDatabase();
  const pool = new pg.Pool({ connectionString: url, max: 5 });
  pool.on('error', () => {});
  const fake = createFakeWrk({ honoursKeys, latencyMs: LATENCY_MS });
  const ledger = watchLedger(fake, pool);
  const wrk = await startFakeWrkServer(fake);
  const lookup = await startLookupServer(fake);
  const settings = {
    databaseUrl: url,
    wrkUrl: wrk.url,
    lookupUrl: lookup.url,
    duplicates,
    workers: WORKERS,
  };
  let worker: RunningWorker | null = null;
  const close = async () => {
    await worker?.kill();
    lookup.close();
    await wrk.close();
    await ledger.unannounced();
    await pool.end();
    await drop();
  };

  try {
    const { builds } = buildsOver(postgres(nodePostgres(pool)));
    await requestBuilds(pool, builds, BUILDS);
    const kills: Kill[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const openBefore = new Set((await openCalls(pool)).map(({ id }) => id));
      const before = fake.calls().length;
      worker = program.start(settings);
      const inFlight = await inFlightAfter(fake, before, ANSWERS_SEEN[kill % 3] ?? 0, worker);
      await worker.kill();
      worker = null;
      const leftOpen = (await openCalls(pool)).filter(({ id }) => !openBefore.has(id));
      kills.push({ inFlight, leftOpen: new Set(leftOpen.map(({ binding_id }) => binding_id)) });
    }
    const untouchedAtLastKill = await count(
      pool,
      `select count(*) from wrk_builds.workflow_bindings b
        where not exists (select from wrk_builds.workflow_calls c where c.binding_id = b.id)`,
    );

    const last = program.start(settings);
    worker = last;
    await until(async () => {
      last.mustRun();
      return (await count(pool, UNFINISHED)) === 0;
    });
    return { fake, pool, builds, kills, untouchedAtLastKill, unannounced: await ledger.unannounced(), close };
  } catch (problem) {
    await close();
    throw problem;
  }
}

const UNFINISHED = `
select (select count(*) from wrk_builds.workflow_bindings where status = 'pending')
     + (select count(*) from wrk_builds.messages where queue = 'build-requests') as count`;

async function count(pool: pg.Pool, text: string): Promise<number> {
  return Number((await pool.query<{ count: string }>(text)).rows[0]?.count);
}

async function openCalls(pool: pg.Pool): Promise<{ id: string; binding_id: string }[]> {
  return (await pool.query('select id, binding_id from wrk_builds.workflow_calls where outcome is null'))
    .rows;
}

/** Resolves with the calls in flight once the process has seen so many answers and waits for others. */
async function inFlightAfter(
  fake: FakeWrk,
  before: number,
  answers: number,
  worker: RunningWorker,
): Promise<readonly string[]> {
  let inFlight: readonly string[] = [];
  await until(() => {
    worker.mustRun();
    const now = Date.now();
    const calls = fake.calls().slice(before);
    const answered = calls.filter(({ at }) => at + LATENCY_MS <= now);
    // Not those that are nearly due: their answer may be on its way already.
    const waiting = calls.filter(({ at }) => at + LATENCY_MS / 2 > now);
    inFlight = waiting.map(({ reference }) => reference ?? '');
    return answered.length >= answers && inFlight.length > 0;
  });
  return inFlight;
}

/** Poller into the ledger at each POST, while it still waits for its answer. */
function watchLedger(fake: FakeWrk, pool: pg.Pool): { unannounced: () => Promise<readonly string[]> } {
  const looks: Promise<string | null>[] = [];
  const posts = new Map<string, number>();
  const look = async (reference: string, posted: number) => {
    const announced = await count(
      pool,
      `select count(*) from wrk_builds.workflow_calls where binding_id = '${reference}'`,
    );
    return announced >= posted ? null : `${reference}: ${announced} rows for POST ${posted}`;
  };
  fake.otherwise(({ reference }) => {
    const name = reference ?? '';
    const posted = (posts.get(name) ?? 0) + 1;
    posts.set(name, posted);
    looks.push(look(name, posted));
    return wrkBehaviour.creates();
  });
  return {
    unannounced: async () => (await Promise.all(looks)).filter((problem) => problem !== null),
  };
}
