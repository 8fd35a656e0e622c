import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Value } from '../../src/adapters/postgres/drivers/database.js';
import { tablesIn } from '../../src/adapters/postgres/mapping/tables.js';
import { queueStatements } from '../../src/adapters/postgres/ports/queue.js';
import { claimDueBuilds } from '../../src/adapters/postgres/sql/claim.js';
import { outboxStatements } from '../../src/adapters/postgres/sql/outbox.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { sized } from '../support/size.js';
import { addMessages } from './many-rows.js';

const FEW = sized(1_000, 2_000);
const MANY = sized(6_000, 40_000);
const LIMIT = 32;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly 'Actual Rows': number;
  readonly Plans?: readonly Plan[];
}

const tables = tablesIn({});
const NO_LIMITS = [null, null, null, null];
/** Each with the most blocks that it may touch while nothing is due: a hand-over marks what becomes due next. */
const CLAIMS: readonly (readonly [string, string, readonly Value[], number])[] = [
  ['a claim of messages', queueStatements(tables).claim.text, ['build-requests', LIMIT, 60_000, null], 50],
  ['a hand-over', outboxStatements(tables).handOver.text, ['build-requests', LIMIT, 60_000, null], 1_500],
  [
    'a hand-over under limits',
    outboxStatements(tables).handOverWithinLimits.text,
    ['build-requests', LIMIT, 60_000, null, 1_000, 10, null, null],
    1_500,
  ],
  ['a take of builds', claimDueBuilds(tables).text, [LIMIT, 60_000, null, ...NO_LIMITS, null], 50],
  [
    'a take of builds under limits',
    claimDueBuilds(tables).text,
    [LIMIT, 60_000, null, 1_000, 10, null, null, null],
    50,
  ],
];

describeWithPostgres.each(CLAIMS)('what %s costs', (_, text, values, maxIdle) => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store.close());

  /** Runs it once, without effect; the blocks that it touched, and the tables that it read from end to end. */
  const cost = async () => {
    await store.pool.query('vacuum analyze wrk_builds.messages');
    const client = await store.pool.connect();
    try {
      await client.query('begin');
      // The first run of a session reads the catalogue as well.
      await client.query(text, [...values]);
      await client.query('rollback; begin');
      const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, [...values]);
      await client.query('rollback');
      const plan: Plan = rows[0]['QUERY PLAN'][0].Plan;
      const scans = (each: Plan): string[] => [
        ...(each['Node Type'] === 'Seq Scan' ? [each['Relation Name'] ?? ''] : []),
        ...(each.Plans ?? []).flatMap(scans),
      ];
      const scanned = scans(plan).filter((table) => table === 'messages');
      return { blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], scanned };
    } finally {
      client.release();
    }
  };

  it.each([
    ['are due, of a thousand tenants', { tenants: 1_000 }, 5_000],
    ['are due, of one tenant', { tenants: 1 }, 5_000],
    ['wait for later, of a thousand tenants', { tenants: 1_000, dueIn: '1 day' }, maxIdle],
    ['wait for later, each of its own tenant', { tenants: MANY, dueIn: '1 day' }, maxIdle],
  ])('does not grow with the messages that %s', async (_what, options, most) => {
    await addMessages(store.pool, { count: FEW, ...options });
    const few = await cost();
    await addMessages(store.pool, { count: MANY - FEW, name: 'more', ...options });
    const many = await cost();
    expect(many.scanned).toEqual([]);
    expect(many.blocks).toBeLessThan(most);
    expect(many.blocks).toBeLessThan(4 * few.blocks + 100);
  });
});
