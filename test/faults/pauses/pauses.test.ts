import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DuplicatePolicy } from '../../../src/core/orchestration/wrk-answer.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { startFakeWrkServer } from '../../../src/testing/wrk/fake-wrk-server.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { countingProxies } from '../../support/counting-proxy.js';
import { describeWithPostgres } from '../../support/database.js';
import * as given from '../../support/given.js';
import { startLookupServer } from '../../support/lookup-server.js';
import { bundleWorker, type WorkerProgram } from '../../support/processes/start-worker.js';
import { until } from '../../support/until.js';

const LEASE_MS = 900;
const SETTLE_MS = 200;
const NEVER_MS = 3_600_000;

/** As many as one build takes, from its wake signal to its last commit, and a few more, which find nothing left to pause. */
const MESSAGES = Array.from({ length: 12 }, (_, index) => index + 1);

/** How WRK prevents duplicates, and how a build may end then. */
const POLICIES: readonly (readonly [string, DuplicatePolicy, readonly string[]])[] = [
  ['by key', { by: 'idempotency-key' }, ['active']],
  ['by lookup', { by: 'lookup', settleMs: SETTLE_MS }, ['active']],
  ['with neither and stop', { by: 'nothing', onUnknownOutcome: 'stop' }, ['active', 'error']],
];

/** A build that ended, and what WRK and the ledger say of its calls. */
interface Ending {
  readonly status: string;
  readonly workflows: number;
  /** Workflows that WRK has of it, that it does not hold, and that nobody was told of. */
  readonly silent: readonly string[];
  /** POSTs that came after the next claim of the build, so after the end of their own lease. */
  readonly late: readonly string[];
}

/** A process that works, with every message between it, the database and WRK counted. */
async function openPausable(program: WorkerProgram, duplicates: DuplicatePolicy) {
  const store = await openPostgres();
  const fake = createFakeWrk({ honoursKeys: duplicates.by === 'idempotency-key' });
  const wrk = await startFakeWrkServer(fake);
  const lookup = await startLookupServer(fake);
  const ways = countingProxies();
  const worker = program.start({
    databaseUrl: await ways.through(`${store.pool.options.connectionString}`),
    wrkUrl: await ways.through(wrk.url),
    lookupUrl: await ways.through(lookup.url),
    duplicates,
    workers: {
      concurrency: { builds: 4, notifications: 0 },
      pollIntervalMs: NEVER_MS,
      sweepIntervalMs: NEVER_MS,
      leaseMs: LEASE_MS,
    },
  });
  const close = async () => {
    worker.resume();
    await worker.kill();
    ways.close();
    lookup.close();
    await wrk.close();
    await store.close();
  };

  const app = given.app(store, { fake, duplicates });
  const statusOf = async (bindingId: string): Promise<string> => {
    const { rows } = await store.pool.query('select status from wrk_builds.workflow_bindings where id = $1', [
      bindingId,
    ]);
    return rows[0]?.status;
  };
  const ended = (bindingId: string) =>
    until(async () => {
      worker.mustRun();
      return (await statusOf(bindingId)) !== 'pending';
    });
  /** Nothing has been sent for half a second. */
  const quiet = async () => {
    for (let before = -1; before !== ways.count(); await sleep(500)) before = ways.count();
  };

  const endingOf = async (bindingId: string): Promise<Ending> => {
    const { rows: ledger } = await store.pool.query(
      `select id, (extract(epoch from lead(started_at) over (order by run, number)) * 1000)::float8 as next_claim
         from wrk_builds.workflow_calls where binding_id = $1`,
      [bindingId],
    );
    const { rows: told } = await store.pool.query(
      `select body->>'workflowUrl' as url, body->>'errorDetails' as ids from wrk_builds.messages
        where binding_id = $1 and body->>'template' = 'workflow_unbound'`,
      [bindingId],
    );
    const { rows: held } = await store.pool.query(
      'select wrk_workflow_id as id from wrk_builds.workflow_bindings where id = $1',
      [bindingId],
    );
    const made = fake.workflows().filter(({ reference }) => reference === bindingId);
    const calls = fake.calls().filter(({ reference }) => reference === bindingId);
    const nextClaim = new Map(
      ledger.map(({ id, next_claim }) => [id, next_claim ?? Number.POSITIVE_INFINITY]),
    );
    return {
      status: await statusOf(bindingId),
      workflows: made.length,
      silent: made
        .map(({ id }) => id)
        .filter((id) => held[0]?.id !== id && !JSON.stringify(told).includes(id)),
      late: calls.filter(({ callId, at }) => at > nextClaim.get(callId)).map(({ callId }) => `${callId}`),
    };
  };

  return {
    close,
    /** Builds once, so that connections stand and statements are prepared. */
    warmUp: async () => {
      const { bindingId } = await given.requestedBuild(app, 'warm up');
      await ended(bindingId);
      await quiet();
    },
    /** One build whose process stands still before this message until its lease is over and another has taken over. */
    buildPausedAt: async (number: number): Promise<Ending & { readonly wasPaused: boolean }> => {
      let wasPaused = false;
      ways.at(number, () => {
        wasPaused = true;
        worker.pause();
      });
      const { bindingId } = await given.requestedBuild(app, `paused at ${number}`);
      await until(async () => wasPaused || (await statusOf(bindingId)) !== 'pending');
      // What follows the end of the build may be paused as well.
      if (!wasPaused) await quiet();
      if (wasPaused) {
        await sleep(LEASE_MS + 100);
        const other = app.builds.startWorkers({
          concurrency: { notifications: 0 },
          pollIntervalMs: 20,
          sweepIntervalMs: 50,
        });
        await ended(bindingId);
        await other.stop();
        worker.resume();
      }
      await quiet();
      return { ...(await endingOf(bindingId)), wasPaused };
    },
  };
}

describeWithPostgres.concurrent('a process that stands still for longer than its lease', () => {
  let program: WorkerProgram;
  beforeAll(async () => {
    program = await bundleWorker();
  });
  afterAll(() => program?.remove());

  it.each(POLICIES)(
    'A1, at every message between it, the database and WRK, %s: one workflow, no late call, no silence',
    { timeout: 300_000 },
    async (_name, duplicates, statuses) => {
      const host = await openPausable(program, duplicates);
      try {
        await host.warmUp();
        const paused: number[] = [];
        const inWindow: number[] = [];
        for (const number of MESSAGES) {
          const { wasPaused, status, ...ending } = await host.buildPausedAt(number);
          if (wasPaused) paused.push(number);
          if (ending.late.length > 0) {
            inWindow.push(number);
            continue;
          }
          expect({ number, ...ending }).toEqual({
            number,
            workflows: status === 'active' ? 1 : expect.toBeOneOf([0, 1]),
            silent: status === 'active' ? [] : expect.any(Array),
            late: [],
          });
          expect(statuses).toContain(status);
        }
        // Between the last question and the write lies a window that nobody can close: a pause may begin in it.
        expect(inWindow.length, `late calls, at ${inWindow}`).toBeLessThanOrEqual(1);
        expect(paused.length, 'the faults happened').toBeGreaterThan(MESSAGES.length / 2);
      } finally {
        await host.close();
      }
    },
  );
});
