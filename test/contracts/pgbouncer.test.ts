import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodePostgres, type PostgresTx, postgres } from '../../src/adapters/postgres/index.js';
import { fusedContract } from '../../src/testing/contracts/fused.js';
import { hostTransactionsContract } from '../../src/testing/contracts/host-transactions.js';
import type { StorageUnderTest } from '../../src/testing/storage-harness.js';
import { requestFor, seedProjects, wire } from '../adapters/postgres/support/wire.js';
import { serverUrl } from '../support/database.js';
import { describeWithPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { isFull } from '../support/size.js';
import { until } from '../support/until.js';
import { openPostgres } from './support/postgres-under-test.js';
import { storageContracts } from './support/storage-contracts.js';

describeWithPgBouncer('through PgBouncer in transaction mode', () => {
  let pooler: PgBouncer;
  beforeAll(async () => {
    pooler = await startPgBouncer(serverUrl());
  });
  afterAll(() => pooler?.stop());

  const openPooled = () => openPostgres({ through: pooler.through, prepare: false, listen: false });
  const pooled: StorageUnderTest<PostgresTx> = { name: 'Postgres', concurrent: true, open: openPooled };
  if (isFull) storageContracts(pooled);
  else hostTransactionsContract(pooled);
  fusedContract(pooled);

  it('A7 statements that are prepared by name run all the same where another client has prepared them', async () => {
    const store = await openPooled();
    const other = new pg.Pool({ ...store.pool.options });
    const [one, two] = [store.pool, other].map((pool) => postgres(nodePostgres(pool)).auditLog);
    const asked = {
      tenantId: '10000000-0000-4000-8000-000000000000',
      resourceId: '10000000-0000-4000-8000-000000000001',
    };
    // Both get the same connection to the server, since nobody else wants one.
    expect(await one?.list(asked)).toEqual([]);
    expect(await two?.list(asked)).toEqual([]);
    await other.end();
    await store.close();
  });

  it('a worker that was told to listen all the same carries out what it finds by looking', async () => {
    const store = await openPooled();
    const [project] = await seedProjects(store.host, 'a');
    if (!project) throw new Error('a project was made');
    const { builds, count } = wire(store.pool, postgres(nodePostgres(store.pool, { prepare: false })));
    const workers = builds.startWorkers({ pollIntervalMs: 20 });
    await builds.requestBuild(requestFor(project));
    await until(() => count('build_completed') === 1);
    await workers.stop();
    await store.close();
  });

  it('many transactions at once share the few connections that it has to the server', async () => {
    const store = await openPooled();
    const { transaction } = nodePostgres(store.pool, { prepare: false, listen: false });
    const pid = { name: 'pid', text: 'select pg_backend_pid() as pid' };
    const rows = await Promise.all(
      Array.from({ length: 20 }, () => transaction((query) => query<{ pid: number }>(pid, []))),
    );
    expect(new Set(rows.map(([row]) => row?.pid)).size).toBeLessThanOrEqual(5);
    expect(store.pool.totalCount, 'while as many clients were connected').toBe(20);
    await store.close();
  });
});
