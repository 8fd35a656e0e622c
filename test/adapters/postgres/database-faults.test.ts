import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  type DatabaseError,
  isDatabaseError,
  type NodePostgresOptions,
  nodePostgres,
  postgres,
} from '../../../src/adapters/postgres/index.js';
import { withClassifiedErrors } from '../../../src/adapters/postgres/transactions/failures.js';
import * as then from '../../../src/testing/contracts/support/then.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { createDatabase, describeWithPostgres } from '../../support/database.js';
import { until } from '../../support/until.js';
import { startSilentServer } from './support/silent-server.js';
import { requestFor, seedProjects, wire } from './support/wire.js';

/** Short enough to wait for, and long enough for every connection that is available. */
const SOON_MS = 500;

describeWithPostgres('a request whose database fails it', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  /** A pool like the store's, but for these. */
  const openPool = (options: pg.PoolConfig, pathname?: string) => {
    const url = new URL(`${store.pool.options.connectionString}`);
    if (pathname !== undefined) url.pathname = pathname;
    if (options.host !== undefined) url.host = `${options.host}:${options.port}`;
    if (options.user !== undefined) url.username = options.user;
    if (typeof options.password === 'string') url.password = options.password;
    const { host: _, port: __, user: ___, password: ____, ...rest } = options;
    const pool = new pg.Pool({ ...rest, connectionString: url.href });
    pool.on('error', () => {});
    onTestFinished(() => pool.end());
    return pool;
  };

  /** Runs a statement as the administrator, and another one after the test. */
  const prepare = async (text: string, undo: string) => {
    await store.pool.query(text);
    onTestFinished(async () => void (await store.pool.query(undo)));
  };

  /** Requests a build over the pool, which must fail and change nothing; `fault` comes before. Gives the error. */
  const failingRequest = async (
    pool: pg.Pool,
    { fault, ...options }: NodePostgresOptions & { readonly fault?: () => Promise<void> } = {},
  ): Promise<DatabaseError> => {
    const [project] = await seedProjects(store.host, 'a');
    if (!project) throw new Error('a project was made');
    await fault?.();
    const { builds } = wire(pool, postgres(nodePostgres(pool, options)));
    const problem = await then.nothingChanges(store, async () =>
      builds.requestBuild(requestFor(project)).then(
        () => new Error('it was answered'),
        (thrown: unknown) => thrown,
      ),
    );
    if (!isDatabaseError(problem)) throw problem;
    return problem;
  };

  it('since nobody listens at its address, is told so', async () => {
    const problem = await failingRequest(openPool({ host: '127.0.0.1', port: 1 }));
    expect(problem).toMatchObject({ code: 'unreachable', statement: 'not_sent' });
    expect(problem.message).toMatch(/cannot be reached.*ECONNREFUSED.*start it, or correct the address/);
  });

  it('since somebody listens there who never answers, is told so when its time is over', async () => {
    const silent = await startSilentServer();
    onTestFinished(silent.close);
    const pool = openPool({ host: '127.0.0.1', port: silent.port });
    const problem = await failingRequest(pool, { acquireMs: SOON_MS });
    expect(problem).toMatchObject({ code: 'unreachable', statement: 'not_sent' });
    expect(problem.message).toContain(`could be opened within ${SOON_MS} ms`);
    await silent.close();
  });

  it('since every connection of its pool is taken, is told so, and takes none that comes later', async () => {
    const pool = openPool({ max: 1 });
    const taken = await pool.connect();
    const problem = await failingRequest(pool, { acquireMs: SOON_MS });
    expect(problem).toMatchObject({ code: 'pool_exhausted', statement: 'not_sent' });
    expect(problem.message).toMatch(/No connection of the pool, of 1 in all,.*raise its `max`/);
    taken.release();
    await until(() => pool.idleCount === 1 && pool.waitingCount === 0);
  });

  it('since every connection is taken, is told so by the bound of the pool itself', async () => {
    const pool = openPool({ max: 1 });
    const taken = await pool.connect();
    pool.options.connectionTimeoutMillis = 20;
    expect(await failingRequest(pool)).toMatchObject({ code: 'pool_exhausted', statement: 'not_sent' });
    taken.release();
  });

  describe('while the host holds a whole table', () => {
    /** Requests a build that cannot even be looked at; gives the error. */
    const heldRequest = async (pool: pg.Pool, options: NodePostgresOptions = {}): Promise<unknown> => {
      const [project] = await seedProjects(store.host, 'a');
      if (!project) throw new Error('a project was made');
      const holder = await store.pool.connect();
      await holder.query('begin; lock table projects in access exclusive mode');
      const { builds } = wire(pool, postgres(nodePostgres(pool, options)));
      const problem = await builds.requestBuild(requestFor(project)).then(
        () => new Error('it was answered'),
        (thrown: unknown) => thrown,
      );
      await holder.query('rollback');
      holder.release();
      expect((await store.libraryRows()).bindings).toEqual([]);
      return problem;
    };

    it('and the server cancels what takes too long, is told of statement_timeout', async () => {
      expect(await heldRequest(openPool({ statement_timeout: SOON_MS }))).toMatchObject({
        code: 'statement_timeout',
        sqlState: '57014',
        statement: 'refused',
        message: expect.stringMatching(
          /in wrk_builds_load_requests.*pg_stat_activity.*raise statement_timeout/,
        ),
      });
    });

    it('and no answer comes, is told so when its time is over, and the connection is given up', async () => {
      const pool = openPool({ max: 1 });
      expect(await heldRequest(pool, { statementMs: SOON_MS })).toMatchObject({
        code: 'connection_hung',
        statement: 'unknown',
        message: expect.stringContaining(`did not answer within ${SOON_MS} ms`),
      });
      await until(() => pool.totalCount === 0);
    });
  });

  it('since it may not write there, is sent to the primary', async () => {
    const problem = await failingRequest(openPool({ options: '-c default_transaction_read_only=on' }));
    expect(problem).toMatchObject({ code: 'read_only', sqlState: '25006', statement: 'refused' });
    expect(problem.message).toMatch(/in wrk_builds_commit.*connect to the primary/);
  });

  it('since the tables are not there, is told to migrate or to map', async () => {
    const empty = await createDatabase();
    onTestFinished(empty.drop);
    const pool = openPool({}, new URL(empty.url).pathname);
    const problem = await failingRequest(pool);
    expect(problem).toMatchObject({ code: 'missing_table', sqlState: '42P01', statement: 'refused' });
    expect(problem.message).toMatch(/relation ".*" does not exist.*run migrate.*correct the name/);
    await pool.end();
    pool.end = async () => {};
  });

  it('since a column is not there, is told which, and to map it', async () => {
    const problem = await failingRequest(openPool({}), {
      fault: () =>
        prepare(
          'alter table quotes rename expires_at to valid_until',
          'alter table quotes rename valid_until to expires_at',
        ),
    });
    expect(problem).toMatchObject({ code: 'missing_column', sqlState: '42703', statement: 'refused' });
    expect(problem.message).toMatch(/expires_at does not exist.*correct the name/);
  });

  it('since a column is of another type, is told so, and to map it', async () => {
    const problem = await failingRequest(openPool({}), {
      fault: () =>
        prepare(
          `create type label as enum ('Ready for Build');
           alter table automation_versions alter status type label using status::label`,
          'alter table automation_versions alter status type text; drop type label',
        ),
    });
    expect(problem).toMatchObject({ code: 'wrong_type', sqlState: '42804', statement: 'refused' });
    expect(problem.message).toMatch(/"status" is of type label.*correct the mapping/);
  });

  it('since an enum lacks a status, is told which label of which type', async () => {
    await prepare(`create type version_status as enum ('Draft')`, 'drop type version_status');
    const { query } = withClassifiedErrors(nodePostgres(store.pool));
    const cast = { name: 'cast', text: 'select $1::text::version_status' };
    await expect(query(cast, ['Build in Progress'])).rejects.toMatchObject({
      code: 'missing_label',
      sqlState: '22P02',
      statement: 'refused',
      message: expect.stringContaining('The enum type version_status has no label "Build in Progress"'),
    });
  });

  it('since its role lacks a grant, is told of what', async () => {
    await prepare(`create role wrk_ungranted login password 'secret'`, 'drop role wrk_ungranted');
    const problem = await failingRequest(openPool({ user: 'wrk_ungranted', password: 'secret' }));
    expect(problem).toMatchObject({ code: 'missing_grant', sqlState: '42501', statement: 'refused' });
    expect(problem.message).toMatch(/permission denied for .*grant it to the role/);
  });

  it('since its login is refused, is told so without the password', async () => {
    const problem = await failingRequest(openPool({ user: 'wrk_nobody', password: 'secret-of-nobody' }));
    expect(problem).toMatchObject({ code: 'login_refused', statement: 'not_sent' });
    expect(problem.message).toMatch(/wrk_nobody.*correct the pool.s user and password/);
    expect(problem.message).not.toContain('secret-of-nobody');
  });

  it('since its database does not exist, is told which', async () => {
    const problem = await failingRequest(openPool({}, '/wrk_builds_nowhere'));
    expect(problem).toMatchObject({ code: 'missing_database', sqlState: '3D000', statement: 'not_sent' });
    expect(problem.message).toContain('wrk_builds_nowhere');
  });

  it('since the server has no connection left for it, is told so', async () => {
    await prepare(`create role wrk_crowd login password 'secret' connection limit 0`, 'drop role wrk_crowd');
    const problem = await failingRequest(openPool({ user: 'wrk_crowd', password: 'secret' }));
    expect(problem).toMatchObject({ code: 'too_many_connections', sqlState: '53300', statement: 'not_sent' });
  });

  it('since the pool was ended, is told to stop the workers first', async () => {
    const pool = openPool({});
    await pool.end();
    pool.end = async () => {};
    expect(await failingRequest(pool)).toMatchObject({ code: 'pool_ended', statement: 'not_sent' });
  });
});

describe('workers whose database is away', () => {
  it('say so in the same words, and go on', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
    onTestFinished(() => pool.end());
    const { builds, events, count } = wire(pool);
    const workers = builds.startWorkers({ pollIntervalMs: 5 });
    await until(() => count('worker_problem') > 10);
    await workers.stop();
    const told = events.flatMap((event) => (event.type === 'worker_problem' ? [event] : []));
    expect(new Set(told.map(({ worker }) => worker))).toEqual(
      new Set(['build-requests', 'notifications', 'listener']),
    );
    for (const { problem } of told) expect(problem).toMatch(/^The database cannot be reached .*ECONNREFUSED/);
    expect(
      told.filter(({ worker }) => worker === 'listener'),
      'once, however often it tries',
    ).toHaveLength(1);
  });
});
