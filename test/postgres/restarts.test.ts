import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createHostTables,
  isDatabaseError,
  migrate,
  nodePostgres,
  postgres,
} from '../../src/adapters/postgres/index.js';
import { wrkHttp } from '../../src/adapters/wrk-http/index.js';
import { createBuilds } from '../../src/create-builds.js';
import type { BuildEvent } from '../../src/observability/events.js';
import { buildableProject } from '../../src/testing/builders.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { startFakeWrkServer } from '../../src/testing/wrk/fake-wrk-server.js';
import { postgresHost } from '../contracts/support/postgres-host.js';
import { startRestartableServer } from '../support/restartable-server.js';
import { sized } from '../support/size.js';
import { until } from '../support/until.js';

const BUILDS = sized(200, 2_000);
const RESTARTS = sized(2, 20);
/** Processes' worth of workers, each with a pool of its own. */
const PROCESSES = 3;
const CALLERS = 8;
/** Requests that come while the server is away, at each restart. */
const CALLERS_AT_A_RESTART = 5;
/** Builds that may be waiting, so that requests come to the very end. */
const MAX_WAITING = 300;

const server = await startRestartableServer().catch((problem: unknown) => {
  console.warn(`\nNo server that can be restarted, so its tests are skipped: ${problem}\n`);
  return null;
});

describe.skipIf(server === null)(`${RESTARTS} restarts of the server under ${BUILDS} builds`, () => {
  const fake = createFakeWrk({ latencyMs: 30 });
  const events: BuildEvent[] = [];
  const pools: pg.Pool[] = [];
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
  let wrk: Awaited<ReturnType<typeof startFakeWrkServer>>;
  let inFlight = 0;

  const openPool = () => {
    const pool = new pg.Pool({ connectionString: server?.url, max: 10 });
    pool.on('error', () => {});
    pools.push(pool);
    return pool;
  };
  const openProcess = () => {
    const client = wrkHttp({ baseUrl: wrk.url, duplicates: { by: 'idempotency-key' } });
    return createBuilds({
      ...postgres(nodePostgres(openPool())),
      wrk: {
        ...client,
        createWorkflow: async (call) => {
          inFlight += 1;
          try {
            return await client.createWorkflow(call);
          } finally {
            inFlight -= 1;
          }
        },
      },
      notifiers: { email: nobody, inApp: nobody },
      resolveRecipients: async () => [],
      onEvent: (event) => events.push(event),
    });
  };

  beforeAll(async () => {
    wrk = await startFakeWrkServer(fake);
  });
  afterAll(async () => {
    await wrk?.close();
    await Promise.all(pools.map((pool) => pool.end()));
    await server?.stop();
  });

  it('lose none and double none', { timeout: 600_000 }, async () => {
    const pool = openPool();
    await createHostTables(nodePostgres(pool));
    await migrate(nodePostgres(pool));
    const { insert } = postgresHost(async (text, values = []) => (await pool.query(text, [...values])).rows);
    const projects = Array.from({ length: BUILDS }, (_, n) => buildableProject({ name: `project ${n}` }));
    for (const { rows } of projects) await insert(rows);

    const processes = Array.from({ length: PROCESSES }, openProcess);
    const [first] = processes;
    if (!first) throw new Error('there are processes');
    const workers = processes.map((each) =>
      each.startWorkers({
        concurrency: { builds: 16, notifications: 0 },
        pollIntervalMs: 200,
        leaseMs: 5_000,
        sweepIntervalMs: 1_000,
      }),
    );

    const accepted = new Set<string>();
    let next = 0;
    let failures = 0;
    /** Asks for the next build until there is an answer, as a host would: under one idempotency key. */
    const requestNext = async () => {
      const project = projects[next++];
      if (!project) return;
      const { tenantId, versionId } = project;
      const input = { tenantId, automationVersionId: versionId, trigger: 'patch_status' } as const;
      for (;;) {
        try {
          const answer = await first.requestBuild({ ...input, idempotencyKey: versionId });
          accepted.add(answer._unsafeUnwrap().bindingId);
          return;
        } catch (problem) {
          if (!isDatabaseError(problem)) throw problem;
          failures += 1;
          await sleep(20);
        }
      }
    };
    const call = async () => {
      while (next < BUILDS) {
        await until(() => next - fake.workflows().length < MAX_WAITING);
        await requestNext();
      }
    };
    const calling = Promise.all(Array.from({ length: CALLERS }, call));

    const inFlightAtRestart: number[] = [];
    const callsAtRestart: Promise<void>[] = [];
    for (let restart = 1; restart <= RESTARTS; restart += 1) {
      const enough = (restart * BUILDS * 0.9) / RESTARTS;
      await until(() => fake.workflows().length >= enough && inFlight > 0);
      const restarting = server?.restart();
      inFlightAtRestart.push(inFlight);
      for (let n = 0; n < CALLERS_AT_A_RESTART; n += 1) callsAtRestart.push(requestNext());
      await restarting;
    }
    await calling;
    await Promise.all(callsAtRestart);

    const count = async (text: string) => Number((await pool.query(text)).rows[0]?.count);
    await until(
      async () =>
        (await count(`select count(*) from wrk_builds.workflow_bindings where status = 'active'`)) === BUILDS,
    );
    await Promise.all(workers.map((each) => each.stop()));

    expect(inFlightAtRestart).toHaveLength(RESTARTS);
    expect(Math.min(...inFlightAtRestart), 'calls in flight at every restart').toBeGreaterThan(0);
    expect(failures, 'requests that were told that the database is away').toBeGreaterThan(0);
    expect(accepted.size).toBe(BUILDS);

    // By WRK's own count.
    const made = fake.workflowsByReference();
    expect([fake.workflows().length, made.size]).toEqual([BUILDS, BUILDS]);
    expect(fake.violations()).toEqual([]);
    const { rows } = await pool.query<{
      id: string;
      wrk_workflow_id: string;
      entries: number;
      told: number;
    }>(`
      select b.id, b.wrk_workflow_id,
             (select count(*)::int from audit_logs a
               where a.resource_id = b.automation_version_id and a.action_type = 'build_complete') as entries,
             (select count(*)::int from wrk_builds.messages m
               where m.binding_id = b.id and m.key like '%:build_complete:in_app:%') as told
        from wrk_builds.workflow_bindings b where b.status = 'active'`);
    expect(new Set(rows.map(({ id }) => id))).toEqual(accepted);
    expect(new Set(rows.map(({ id, wrk_workflow_id }) => `${id} ${wrk_workflow_id}`))).toEqual(
      new Set(fake.workflows().map(({ id, reference }) => `${reference} ${id}`)),
    );
    expect(rows.filter(({ entries, told }) => entries !== 1 || told !== 1)).toEqual([]);
    expect(await count(`select count(*) from audit_logs where action_type = 'request_build'`)).toBe(BUILDS);
    expect(await count(`select count(*) from automation_versions where status = 'QA & Testing'`)).toBe(
      BUILDS,
    );
    expect(events.filter(({ type }) => type === 'build_failed')).toEqual([]);
  });
});
