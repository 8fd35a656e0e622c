import { ok } from 'neverthrow';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { fromPg, nodePostgres, postgres } from '../../src/adapters/postgres/index.js';
import { requestFor, seedProjects, wire } from '../adapters/postgres/support/wire.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { sampled } from '../support/size.js';
import * as when from '../support/when.js';

const VALUE = { name: 'a_value', text: 'select $1::text as value' };

/** What code of the host's may have left behind on each of so many sessions before it gave their clients back. */
const LEFT_BEHIND: readonly (readonly [string, string, number])[] = [
  ['DISCARD ALL', 'discard all', 3],
  ['DEALLOCATE ALL', 'deallocate all', 3],
  ['RESET ALL', 'reset all', 3],
  ['another search_path', 'set search_path = nowhere', 3],
  ['a transaction that is open', 'begin', 3],
  ['a transaction that has failed', 'begin; select 1 / 0', 3],
  ['another role', 'set role pg_monitor', 1],
  ['a read-only default', 'set default_transaction_read_only = on', 1],
];

describeWithPostgres('a session that is not what it was', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  const openPool = (max = 1) => {
    const pool = new pg.Pool({ ...store.pool.options, max });
    onTestFinished(() => pool.end());
    return pool;
  };
  /** Leaves something behind on every session of the pool. */
  const leave = async (pool: pg.Pool, text: string) => {
    const clients = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
    for (const client of clients) {
      await client.query(text).catch(() => {});
      client.release();
    }
  };

  it.each(sampled(LEFT_BEHIND, 2))(
    'row 46: A7 %s before each operation, on every session of the pool: all of them succeed',
    async (_name, text, max) => {
      const pool = openPool(max);
      const app = wire(pool);
      const projects = await seedProjects(store.host, 'a', 'b', 'c');
      for (const project of projects) {
        await leave(pool, text);
        expect(await app.builds.requestBuild(requestFor(project))).toMatchObject({ value: {} });
        await leave(pool, text);
        await when.work(app);
      }
      const { rows } = await store.pool.query('select status from wrk_builds.workflow_bindings');
      expect(rows, 'and what was accepted is there').toEqual(projects.map(() => ({ status: 'active' })));
      expect(app.fake.workflows()).toHaveLength(3);
    },
  );

  it.each([
    ['a transaction', 'begin; select 1 / 0'],
    ['a transaction', 'begin isolation level serializable; select 1'],
    ['a statement', 'begin; select 1 / 0'],
  ])(
    'row 46: A7 %s after what its client does not tell of (%s) runs on another session',
    async (kind, text) => {
      const pool = openPool();
      // A client learns of it with ReadyForQuery; after an error, it is given back before that.
      pool.on('connect', (client) => Object.assign(client, { getTransactionStatus: () => 'I' }));
      const { query, transaction } = nodePostgres(pool);
      await leave(pool, text);
      const value = kind === 'a statement' ? query(VALUE, ['a']) : transaction((run) => run(VALUE, ['a']));
      expect(await value).toEqual([{ value: 'a' }]);
    },
  );

  it('row 46: A7 a transaction whose session was reset runs again as a whole, once', async () => {
    const pool = openPool();
    const { transaction } = nodePostgres(pool);
    await transaction((query) => query(VALUE, ['prepared']));
    await leave(pool, 'discard all');
    let runs = 0;
    const rows = await transaction(async (query) => {
      runs += 1;
      await query({ name: 'first', text: 'select 1' }, []);
      return query(VALUE, ['a']);
    });
    expect([rows, runs]).toEqual([[{ value: 'a' }], 2]);
  });

  it('row 46: A7 a result that has other columns than when it was planned is planned again', async () => {
    const pool = openPool();
    const { query, transaction } = nodePostgres(pool);
    const statement = { name: 'planned', text: 'select * from planned' };
    await store.pool.query('create table planned (n int)');
    onTestFinished(async () => void (await store.pool.query('drop table planned')));
    await query(statement, []);
    await store.pool.query('alter table planned alter n type text');
    expect(await query(statement, [])).toEqual([]);
    await query(statement, []);
    await store.pool.query('alter table planned add m int');
    expect(await transaction((run) => run(statement, []))).toEqual([]);
  });

  it('row 46: A7 what every session refuses is refused after one more try, and every session that refused is gone', async () => {
    const pool = openPool();
    const backends = new Set<unknown>();
    pool.on('connect', (client) => backends.add(client));
    const readOnly = { name: 'write', text: 'create table never (n int)' };
    pool.options.options = '-c default_transaction_read_only=on';
    await expect(nodePostgres(pool).query(readOnly, [])).rejects.toMatchObject({ code: '25006' });
    expect([backends.size, pool.totalCount]).toEqual([2, 0]);
    pool.options.options = '';
    await nodePostgres(pool).query(VALUE, ['the primary']);
  });

  it('row 46: A7 in a transaction of the host’s nothing is run again: the error says to begin again', async () => {
    const pool = openPool();
    const { repository } = postgres(nodePostgres(pool));
    const client = await pool.connect();
    onTestFinished(() => client.release());
    await client.query('begin');
    const refused = Object.assign(new Error('prepared statement "x" does not exist'), { code: '26000' });
    const tx = fromPg({ query: () => Promise.reject(refused) });
    const joined = postgres(nodePostgres(pool)).hostTransactions.savepoint(tx, async () => ok(1), {
      waitMs: 1,
    });
    await expect(joined).rejects.toMatchObject({
      code: 'prepared_statements',
      statement: 'refused',
      message: expect.stringContaining('roll the transaction back, and begin it again on another connection'),
    });
    expect(repository.database).toBe(pool);
  });
});
