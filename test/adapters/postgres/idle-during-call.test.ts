import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../support/database.js';
import { until } from '../../support/until.js';
import { requestFor, seedProjects, wire } from './support/wire.js';

describeWithPostgres('while WRK is called', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  afterAll(() => store?.close());

  it('no connection is out of the pool, and no transaction is open at the server', async () => {
    const seen: { checkedOut: number; transactions: number }[] = [];
    // Autovacuum has transactions of its own.
    const look = async () => {
      const checkedOut = store.pool.totalCount - store.pool.idleCount;
      const { rows } = await store.pool.query<{ transactions: number }>(`
        select count(*)::int as transactions from pg_stat_activity
         where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()
           and backend_type = 'client backend'`);
      seen.push({ checkedOut, transactions: rows[0]?.transactions ?? -1 });
    };
    const projects = await seedProjects(store.host, 'a', 'b', 'c');
    const { builds, count } = wire(store.pool, {
      // The one connection that listens is out all the time, and in no transaction.
      ...postgres(nodePostgres(store.pool, { listen: false })),
      wrk: {
        duplicates: { by: 'lookup', settleMs: 0 },
        createWorkflow: async ({ reference }) => {
          await look();
          // Its outcome is unknown the first time, so that it is looked up the second.
          return { kind: 'api_error', retryAfterMs: null, detail: `about ${reference}` };
        },
        findWorkflow: async ({ reference }) => {
          await look();
          return { kind: 'found', workflowId: reference, workflowUrl: `https://wrk.example/${reference}` };
        },
      },
      retry: { initialDelayMs: 1, jitter: 0 },
    });
    for (const project of projects) {
      await builds.requestBuild(requestFor(project));
      const before = count('build_completed');
      const workers = builds.startWorkers({
        concurrency: { builds: 1, notifications: 0 },
        pollIntervalMs: 1,
      });
      await until(() => count('build_completed') > before);
      await workers.stop();
    }
    expect(seen).toEqual(Array.from({ length: 6 }, () => ({ checkedOut: 0, transactions: 0 })));
  });
});
