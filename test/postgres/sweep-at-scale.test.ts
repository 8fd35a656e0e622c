import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { nodePostgres } from '../../src/adapters/postgres/drivers/node-postgres.js';
import { postgres } from '../../src/adapters/postgres/index.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { sized } from '../support/size.js';
import { addMessages, addStrandedBuilds } from './many-rows.js';
import { buildsOver } from './support.js';

const BUILDS = sized(2_000, 10_000);
const SWEEPS_AT_ONCE = 4;

describeWithPostgres(`sweeps over ${BUILDS} builds that wait`, () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store.close());

  /** Several processes sweep at the same time; what each of them found. */
  const sweepAtOnce = () =>
    Promise.all(
      Array.from({ length: SWEEPS_AT_ONCE }, () =>
        buildsOver(postgres(nodePostgres(store.pool))).builds.reconcile(),
      ),
    );
  const countMessages = async () => {
    const { rows } = await store.pool.query<{ messages: number; builds: number }>(`
      select count(*)::int as messages, count(distinct m.binding_id)::int as builds
        from wrk_builds.messages m join wrk_builds.workflow_bindings b on b.id = m.binding_id and b.id::text = m.key`);
    return rows[0];
  };

  it('leave one message for each, however many sweep at once and how often', {
    timeout: 120_000,
  }, async () => {
    await addStrandedBuilds(store.pool, BUILDS);
    const found = await sweepAtOnce();
    expect(await countMessages()).toEqual({ messages: BUILDS, builds: BUILDS });
    expect(found.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(BUILDS);

    expect(await sweepAtOnce(), 'none is left').toEqual(Array(SWEEPS_AT_ONCE).fill(0));
    expect(await countMessages()).toEqual({ messages: BUILDS, builds: BUILDS });
  });

  it('write nothing while every build has its message', { timeout: 120_000 }, async () => {
    await addStrandedBuilds(store.pool, BUILDS);
    await buildsOver(store).builds.reconcile();
    const written = async () =>
      (await store.pool.query(`select max(xmin::text::bigint) as last, count(*) from wrk_builds.messages`))
        .rows[0];
    const before = await written();
    expect(await sweepAtOnce()).toEqual(Array(SWEEPS_AT_ONCE).fill(0));
    expect(await written()).toEqual(before);
  });

  it('share the work of removing what is old', { timeout: 120_000 }, async () => {
    await addMessages(store.pool, { count: BUILDS, tenants: 50 });
    await store.pool.query(
      `update wrk_builds.messages set dead_at = now() - interval '31 days', dead_reason = 'old'`,
    );
    await addMessages(store.pool, { count: 10, tenants: 1, name: 'young' });
    const removed: number[] = [];
    const retain = async () => {
      const { builds, events } = buildsOver(postgres(nodePostgres(store.pool)));
      const workers = builds.startWorkers({
        concurrency: { builds: 0, notifications: 0 },
        sweepIntervalMs: 1,
      });
      const left = async () => (await store.queue.stats('build-requests')).dead;
      while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await workers.stop();
      for (const event of events) if (event.type === 'old_rows_removed') removed.push(event.deadLetters);
    };
    await Promise.all(Array.from({ length: SWEEPS_AT_ONCE }, retain));
    expect(removed.reduce((sum, count) => sum + count, 0)).toBe(BUILDS);
    expect(await store.queue.stats('build-requests')).toMatchObject({ waiting: 10, dead: 0 });
  });
});
