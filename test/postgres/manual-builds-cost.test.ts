import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Value } from '../../src/adapters/postgres/drivers/database.js';
import { tablesIn } from '../../src/adapters/postgres/mapping/tables.js';
import {
  findBuilds,
  findBuildsValues,
  findChangedBuilds,
  findChangedBuildsValues,
} from '../../src/adapters/postgres/ports/build-views.js';
import { findStranded } from '../../src/adapters/postgres/ports/sweep.js';
import { stableId } from '../../src/testing/builders.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { addManualBuilds, addStrandedBuilds } from './many-rows.js';

const MANY = 20_000;
/** A few for each row that is read, and less than an index over all of them has. */
const MAX_BLOCKS = 100;

const tables = tablesIn({});
const tenantId = stableId('tenant', 'with many builds');
const assigneeId = stableId('engineer', 'with few builds');

describeWithPostgres(`with ${MANY} builds that people carry out`, () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store.close());

  /** Runs it without effect; the blocks that it touched, and the rows that it gave. */
  const cost = async (text: string, values: readonly Value[]) => {
    await store.pool.query('vacuum analyze wrk_builds.workflow_bindings');
    const client = await store.pool.connect();
    try {
      await client.query('begin');
      // The first run of a session reads the catalogue as well.
      const { rowCount } = await client.query(text, [...values]);
      const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, [...values]);
      await client.query('rollback');
      const plan: Record<string, number> = rows[0]['QUERY PLAN'][0].Plan;
      return {
        rows: rowCount,
        blocks: Number(plan['Shared Hit Blocks']) + Number(plan['Shared Read Blocks']),
      };
    } finally {
      client.release();
    }
  };

  it('a sweep reads none of them', async () => {
    await addManualBuilds(store.pool, { count: MANY, tenantId });
    await addStrandedBuilds(store.pool, 5);
    const { rows, blocks } = await cost(findStranded(tables).text, [10, null, null]);
    expect(rows).toBe(5);
    expect(blocks).toBeLessThan(MAX_BLOCKS);
  });

  it('a list of one person’s builds reads those alone', async () => {
    await addManualBuilds(store.pool, { count: MANY, tenantId });
    await addManualBuilds(store.pool, { count: 5, tenantId, assigneeId });
    const query = { tenantId, assigneeId, limit: 10 };
    const { rows, blocks } = await cost(findBuilds(tables).text, findBuildsValues(query));
    expect(rows).toBe(5);
    expect(blocks).toBeLessThan(MAX_BLOCKS);
  });

  it('a look for what has changed lately reads that alone, of each tenant', async () => {
    const other = stableId('tenant', 'with few builds');
    for (const owner of [tenantId, other])
      await addManualBuilds(store.pool, { count: MANY / 2, tenantId: owner });
    await store.pool.query(`update wrk_builds.workflow_bindings set updated_at = now() - interval '1 hour'`);
    for (const owner of [tenantId, other]) await addManualBuilds(store.pool, { count: 5, tenantId: owner });
    const query = { tenantIds: [tenantId, other], since: null, overlapMs: 600_000, limit: 10 };
    expect((await store.buildViews.findChangedBuilds(query)).builds).toHaveLength(10);
    const { blocks } = await cost(
      findChangedBuilds(tables).text,
      findChangedBuildsValues(query.tenantIds, query),
    );
    expect(blocks).toBeLessThan(MAX_BLOCKS);
  });
});
