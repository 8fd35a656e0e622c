import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createHostTables, migrate, nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { migrationsFor } from '../../../src/adapters/postgres/schema/migrations.js';
import { postgresHost } from '../../contracts/support/postgres-host.js';
import { createDatabase, describeWithPostgres } from '../../support/database.js';
import { until } from '../../support/until.js';
import { requestFor, seedProjects, wire } from './support/wire.js';

/** Every migration there is, in order. */
const NUMBERS = migrationsFor('uuid').map(({ number }) => number);

describeWithPostgres('migrate', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createDatabase();
    pool = new pg.Pool({ connectionString: database.url });
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  const tablesIn = async (schema: string) => {
    const { rows } = await pool.query<{ name: string }>(
      'select table_name as name from information_schema.tables where table_schema = $1 order by 1',
      [schema],
    );
    return rows.map(({ name }) => name);
  };
  const OWN = [
    'circuit_breakers',
    'claim_limits',
    'idempotency_answers',
    'in_app_notifications',
    'messages',
    'migrations',
    'notification_deliveries',
    'workflow_bindings',
    'workflow_calls',
  ];

  it('creates the tables once, and changes nothing when it runs again', async () => {
    await migrate(nodePostgres(pool));
    expect(await tablesIn('wrk_builds')).toEqual(OWN);
    const read = async () => (await pool.query('select * from wrk_builds.migrations order by number')).rows;
    const before = await read();
    expect(before.map(({ number }) => number)).toEqual(NUMBERS);
    await migrate(nodePostgres(pool));
    expect(await read()).toEqual(before);
  });

  it('of many processes that start together migrates in one, and none of them fails', async () => {
    const pools = Array.from({ length: 6 }, () => new pg.Pool({ connectionString: database.url }));
    const together = { schema: 'together' };
    await Promise.all(pools.flatMap((each) => [1, 2].map(() => migrate(nodePostgres(each), together))));
    await Promise.all(pools.map((each) => each.end()));
    expect(await tablesIn('together')).toEqual(OWN);
    const done = await pool.query('select number from together.migrations order by number');
    expect(done.rows.map(({ number }) => number)).toEqual(NUMBERS);
  });

  it('leaves the session of the host as it was', async () => {
    const one = new pg.Pool({ connectionString: database.url, max: 1 });
    const path = async () => (await one.query('show search_path')).rows;
    const before = await path();
    await migrate(nodePostgres(one), { schema: 'path' });
    expect(await path()).toEqual(before);
    await one.end();
  });

  it('takes any name of a schema as one name', async () => {
    const schema = `we"ird'; $migrate$ drop schema public; -- $host$`;
    await migrate(nodePostgres(pool), { schema });
    await createHostTables(nodePostgres(pool), { host: { schema } });
    expect(await tablesIn(schema)).toEqual(expect.arrayContaining([...OWN, 'automations', 'audit_logs']));
  });

  it('leaves nothing behind where something of another kind is in the way', async () => {
    await pool.query('create schema taken; create table taken.messages (id int)');
    await expect(migrate(nodePostgres(pool), { schema: 'taken' })).rejects.toMatchObject({
      code: 'other',
      sqlState: '42P07',
    });
    expect(await tablesIn('taken')).toEqual(['messages']);
    await pool.query('drop table taken.messages');
    await migrate(nodePostgres(pool), { schema: 'taken' });
    expect(await tablesIn('taken')).toEqual(OWN);
  });

  it('rejects where there is no server', async () => {
    const nowhere = new pg.Pool({ host: '127.0.0.1', port: 1 });
    await expect(migrate(nodePostgres(nowhere))).rejects.toMatchObject({
      code: 'unreachable',
      cause: { code: 'ECONNREFUSED' },
    });
    await nowhere.end();
  });

  it('keeps the builds of two schemas apart, over one connection', async () => {
    const one = new pg.Pool({ connectionString: database.url, max: 1 });
    const first = { schema: 'first', host: { schema: 'first_host' } };
    const second = { schema: 'second', host: { schema: 'second_host' } };
    const bindings = async ({ schema }: { schema: string }) =>
      (await one.query(`select status from ${schema}.workflow_bindings`)).rows;
    for (const schemas of [first, second]) {
      await migrate(nodePostgres(one), schemas);
      await createHostTables(nodePostgres(one), schemas);
    }
    const [project] = await seedProjects(await hostIn(first.host.schema), 'only in the first');
    if (!project) throw new Error('a project was made');
    const inFirst = wire(one, postgres(nodePostgres(one), first));
    const inSecond = wire(one, postgres(nodePostgres(one), second));

    const unknown = await inSecond.builds.requestBuild(requestFor(project));
    expect(unknown._unsafeUnwrapErr().code).toBe('automation_version_not_found');
    expect((await inFirst.builds.requestBuild(requestFor(project))).isOk()).toBe(true);
    expect([await bindings(first), await bindings(second)]).toEqual([[{ status: 'pending' }], []]);

    await seedProjects(await hostIn(second.host.schema), 'only in the first');
    expect((await inSecond.builds.requestBuild(requestFor(project))).isOk()).toBe(true);
    const workers = inSecond.builds.startWorkers({ concurrency: { notifications: 0 }, pollIntervalMs: 5 });
    await until(() => inSecond.count('build_completed') === 1);
    await workers.stop();
    expect([await bindings(first), await bindings(second)]).toEqual([
      [{ status: 'pending' }],
      [{ status: 'active' }],
    ]);
    await one.end();
  });

  /** The host's side of a schema of its own. */
  async function hostIn(schema: string) {
    const there = new pg.Pool({ connectionString: database.url, options: `-c search_path=${schema}` });
    onTestFinished(() => there.end());
    return postgresHost(async (text, values = []) => (await there.query(text, [...values])).rows);
  }
});
