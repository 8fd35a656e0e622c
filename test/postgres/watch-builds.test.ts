import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { nodePostgres, postgres } from '../../src/adapters/postgres/index.js';
import { buildableProject } from '../../src/testing/builders.js';
import { hookedPool } from '../adapters/postgres/support/hooked-pool.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres, serverUrl } from '../support/database.js';
import { until } from '../support/until.js';
import { watch } from '../workers/support/watch-suite.js';
import { buildsOver } from './support.js';

/** Long enough that no turn comes while a test lasts: there are only looks that something has asked for. */
const NEVER_MS = 3_600_000;
const PATIENT = { intervalMs: NEVER_MS, overlapMs: NEVER_MS };

describeWithPostgres('watching builds on Postgres', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store.close());

  const projectOf = async (name: string) => {
    const { rows, tenantId, versionId } = buildableProject({ name });
    await store.host.insert(rows);
    return { tenantId, automationVersionId: versionId, trigger: 'auto_build' as const };
  };

  it.each([1, 50])(
    'costs one statement for each look, with %d who watch, and none after the last',
    async (count) => {
      const sent: string[] = [];
      const pool = hookedPool(store.pool, async (name, run) => {
        const rows = await run();
        sent.push(name);
        return rows;
      });
      const { builds } = buildsOver({ ...postgres(nodePostgres(pool, { listen: false })), watch: PATIENT });
      const watchers = Array.from({ length: count }, () => watch(builds));
      await until(() => sent.length > 0);
      const project = await projectOf('project');
      await builds.requestBuild(project);
      await until(() => watchers.every(({ told }) => told.length === 1));
      const look = 'wrk_builds_find_changed_builds';
      expect(sent).toEqual([look, 'wrk_builds_load_requests', 'wrk_builds_commit', look]);

      for (const { stop } of watchers) stop();
      await builds.requestBuild(await projectOf('next'));
      // Twice the time after which this process would have looked.
      await sleep(200);
      expect(sent.filter((name) => name === look)).toHaveLength(2);
      expect(watchers.every(({ told }) => told.length === 1)).toBe(true);
    },
  );

  it('a database that goes away and comes back is told of once, and everyone reloads', async () => {
    const server = new pg.Client({ connectionString: serverUrl() });
    await server.connect();
    const { rows } = await store.pool.query<{ name: string }>('select current_database() as name');
    const database = rows[0]?.name ?? '';
    const { builds, events } = buildsOver({
      ...postgres(nodePostgres(store.pool, { listen: false })),
      watch: { intervalMs: 5 },
    });
    const problems = () => events.filter(({ type }) => type === 'worker_problem');
    const [one, other] = [watch(builds), watch(builds)];
    await builds.requestBuild(await projectOf('before'));
    await until(() => one.told.length === 1 && other.told.length === 1);
    try {
      await server.query(`alter database ${database} allow_connections false`);
      await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        database,
      ]);
      await until(() => problems().length > 0);
      // Time for some looks more that fail.
      await sleep(100);
    } finally {
      await server.query(`alter database ${database} allow_connections true`);
      await server.end();
    }
    await until(() => one.told.length === 2 && other.told.length === 2);
    const { bindingId } = (await builds.requestBuild(await projectOf('after')))._unsafeUnwrap();
    await until(() => one.told.length === 3 && other.told.length === 3);
    for (const { ids } of [one, other]) expect(ids().slice(1)).toEqual(['reload', bindingId]);
    expect(problems()).toMatchObject([{ worker: 'watch' }]);
  });
});
