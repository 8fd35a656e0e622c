import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type NodePostgresClient, nodePostgres } from '../../../src/adapters/postgres/index.js';
import { createDatabase, describeWithPostgres } from '../../support/database.js';
import { until } from '../../support/until.js';
import { hookedPool } from './support/hooked-pool.js';

const PID = { name: 'pid', text: 'select pg_backend_pid() as pid' };

describeWithPostgres('a database behind a pool of node-postgres', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database?.drop());

  const openPool = (options: pg.PoolConfig = {}) => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1, ...options });
    onTestFinished(() => pool.end());
    return pool;
  };
  const pidOf = async (pool: pg.Pool) => (await nodePostgres(pool).query<{ pid: number }>(PID, []))[0]?.pid;

  it('gives a connection back after a statement, after one that was refused, and after a transaction', async () => {
    const pool = openPool();
    const { query, transaction } = nodePostgres(pool);
    const pid = await pidOf(pool);
    await expect(query({ name: 'no', text: 'select no' }, [])).rejects.toMatchObject({ code: '42703' });
    await expect(transaction((run) => run({ name: 'no', text: 'select no' }, []))).rejects.toThrow();
    await transaction((run) => run(PID, []));
    expect(await pidOf(pool), 'the only connection is still the first').toBe(pid);
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
  });

  describe('outlives a connection that the server ends', () => {
    /** A pool of one connection, and what ends that connection at the server. */
    const endable = async () => {
      const pool = openPool();
      // A host listens to its pool, as node-postgres wants it to.
      pool.on('error', () => {});
      const pid = await pidOf(pool);
      const admin = openPool();
      const activity = async () =>
        (await admin.query('select wait_event from pg_stat_activity where pid = $1', [pid])).rows[0];
      const end = async () => {
        await admin.query('select pg_terminate_backend($1)', [pid]);
        await until(async () => (await activity()) === undefined);
      };
      return { pool, pid, end, activity, ...nodePostgres(pool) };
    };

    it('while it is idle', async () => {
      const { pool, pid, end } = await endable();
      await end();
      await until(() => pool.totalCount === 0);
      expect(await pidOf(pool)).not.toBe(pid);
    });

    it('while it is at work', async () => {
      const { pool, pid, end, activity, query } = await endable();
      const sleeping = expect(query({ name: 'sleep', text: 'select pg_sleep(3600)' }, [])).rejects.toThrow();
      await until(async () => (await activity())?.wait_event === 'PgSleep');
      await end();
      await sleeping;
      expect(await pidOf(pool)).not.toBe(pid);
    });

    it('in the middle of a transaction', async () => {
      const { pool, pid, end, transaction } = await endable();
      const working = transaction(async (run) => {
        await run(PID, []);
        await end();
        await run(PID, []);
      });
      await expect(working).rejects.toThrow();
      expect(await pidOf(pool)).not.toBe(pid);
    });
  });

  it('rolls back what a transaction did when its work throws, and lets nobody see it before it commits', async () => {
    const pool = openPool({ max: 2 });
    const { query, transaction } = nodePostgres(pool);
    await pool.query('create table rows (n int)');
    const insert = { name: 'insert', text: 'insert into rows values (1)' };
    const count = { name: 'count', text: 'select count(*)::int as n from rows' };
    const mistake = new Error('a mistake');
    const failing = transaction(async (run) => {
      await run(insert, []);
      expect([await run(count, []), await query(count, [])]).toEqual([[{ n: 1 }], [{ n: 0 }]]);
      throw mistake;
    });
    await expect(failing).rejects.toBe(mistake);
    expect(await query(count, [])).toEqual([{ n: 0 }]);
    await transaction((run) => run(insert, []));
    expect(await query(count, [])).toEqual([{ n: 1 }]);
  });

  it('reads committed rows in a transaction, whatever the session has as its default', async () => {
    const pool = openPool({ options: '-c default_transaction_isolation=serializable' });
    const isolation = { name: 'isolation', text: 'show transaction_isolation' };
    const rows = await nodePostgres(pool).transaction((run) => run(isolation, []));
    expect(rows).toEqual([{ transaction_isolation: 'read committed' }]);
  });

  it('A8 runs a statement that fails for the default isolation once more, as READ COMMITTED', async () => {
    const pool = openPool({ options: '-c default_transaction_isolation=repeatable\\ read' });
    const admin = openPool({ max: 2 });
    await admin.query('create table counters as select 0 as n');
    const other = await admin.connect();
    await other.query('begin; update counters set n = n + 1');
    const count = nodePostgres(pool).query(
      { name: 'n', text: 'update counters set n = n + 1 returning n' },
      [],
    );
    await until(async () => {
      const { rows } = await admin.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and query ~ '^update counters'`,
      );
      return rows.length === 1;
    });
    await other.query('commit');
    other.release();
    expect(await count, 'which sees what the other has written').toEqual([{ n: 2 }]);
  });

  it('prepares two texts of one name as two statements', async () => {
    const pool = openPool();
    const { query } = nodePostgres(pool);
    for (const n of [1, 2, 1, 2]) {
      expect(await query({ name: 'one', text: `select ${n} as n` }, [])).toEqual([{ n }]);
    }
    const { rows } = await pool.query('select name from pg_prepared_statements order by name');
    expect(rows, 'and each is prepared once').toHaveLength(2);
  });

  it('passes every statement to the pool with its name, and control statements without', async () => {
    const names: string[] = [];
    const { transaction } = nodePostgres(
      hookedPool(openPool(), (name, run) => {
        names.push(name);
        return run();
      }),
    );
    await transaction((run) => run(PID, []));
    expect(names).toEqual(['', 'pid', '']);
  });
});

describe('a client that fails', () => {
  /** A pool of one client whose statements end in `problem`. */
  const failingPool = (problem: unknown) => {
    const released: unknown[] = [];
    const listeners: unknown[] = [];
    const client: NodePostgresClient = {
      query: async () => {
        throw problem;
      },
      release: (destroy) => released.push(destroy),
      on: (_, listener) => listeners.push(listener),
      off: (_, listener) => listeners.splice(listeners.indexOf(listener), 1),
    };
    return { pool: { connect: async () => client }, released, listeners };
  };

  it.each([
    ['is destroyed', Object.assign(new Error('reset'), { code: 'ECONNRESET' }), true],
    ['is destroyed', Object.assign(new Error('shutting down'), { code: '57P01' }), true],
    ['is destroyed', new Error('Query read timeout'), true],
    ['goes on', Object.assign(new Error('no such column'), { code: '42703' }), false],
  ])('%s after %s', async (_, problem, destroyed) => {
    const { pool, released, listeners } = failingPool(problem);
    await expect(nodePostgres(pool).query(PID, [])).rejects.toBe(problem);
    await expect(nodePostgres(pool).query(PID, [])).rejects.toBe(problem);
    expect(released).toEqual([destroyed, destroyed]);
    expect(listeners, 'and is listened to once, for as long as it lives').toHaveLength(1);
  });
});
