import { expect, it } from 'vitest';
import { tablesIn } from '../../src/adapters/postgres/mapping/tables.js';
import { queueStatements } from '../../src/adapters/postgres/ports/queue.js';
import { claimDueBuilds } from '../../src/adapters/postgres/sql/claim.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { addMessages } from './many-rows.js';

const tables = tablesIn({});
const CLAIMS = [
  {
    what: 'a take of builds',
    text: claimDueBuilds(tables).text,
    values: [32, 60_000, null, null, null, null, null, null],
  },
  {
    what: 'a claim of messages',
    text: queueStatements(tables).claim.text,
    values: ['build-requests', 32, 60_000, null],
  },
];

describeWithPostgres('a burst into a queue that was empty when it was last counted', () => {
  it('is not read again for each statement of a claim', async () => {
    const store = await openPostgres();
    try {
      await store.pool.query('alter table wrk_builds.messages set (autovacuum_enabled = false)');
      await addMessages(store.pool, { count: 1_000, tenants: 1_000 });
      await store.pool.query('delete from wrk_builds.messages');
      await store.pool.query('vacuum analyze wrk_builds.messages');
      await addMessages(store.pool, { count: 20_000, tenants: 1_000 });
      for (const { what, text, values } of CLAIMS) {
        const client = await store.pool.connect();
        await client.query('begin');
        const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, values);
        await client.query('rollback');
        client.release();
        const { 'Shared Hit Blocks': hit, 'Shared Read Blocks': read } = rows[0]['QUERY PLAN'][0].Plan;
        // With the wrong index it is more than a million; the right one needs some thousands.
        expect(hit + read, what).toBeLessThan(20_000);
      }
    } finally {
      await store.close();
    }
  });
});
