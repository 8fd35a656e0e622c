import { ok } from 'neverthrow';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  migrate,
  type NodePostgresPool,
  nodePostgres,
  type PostgresStorage,
  postgres,
} from '../../../src/adapters/postgres/index.js';
import { wakeChannel } from '../../../src/adapters/postgres/sql/wake-channel.js';
import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../../../src/core/build/messages.js';
import { outgoingNotification } from '../../../src/testing/builders.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../support/database.js';
import { useFakeTime } from '../../support/fake-time.js';
import { until } from '../../support/until.js';
import { requestFor, seedProjects, wire } from './support/wire.js';

/** Listens, and remembers everything. */
function listenTo({ queueListener }: Pick<PostgresStorage, 'queueListener'>) {
  const heard: QueueName[] = [];
  const problems: unknown[] = [];
  const listening = queueListener?.listen({
    wake: (name) => heard.push(name),
    onProblem: (problem) => problems.push(problem),
  });
  if (!listening) throw new Error('it listens');
  return { heard, problems, stop: listening.stop };
}

describeWithPostgres('a process that listens', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  const openPool = (options: pg.PoolConfig = {}) => {
    const pool = new pg.Pool({ ...store.pool.options, ...options });
    pool.on('error', () => {});
    onTestFinished(() => pool.end());
    return pool;
  };
  const enqueue = (storage: Pick<PostgresStorage, 'repository' | 'queue'>, queue: QueueName) =>
    storage.repository.transaction(async (tx) => {
      await storage.queue.enqueue(tx, [outgoingNotification(`${Math.random()}`, { queue })]);
      return ok(undefined);
    });

  it('carries out at once what another process requests, without looking for it', async () => {
    const working = wire(openPool());
    const workers = working.builds.startWorkers({ pollIntervalMs: 86_400_000 });
    await until(async () => {
      const { rows } = await store.pool.query(
        `select from pg_stat_activity where datname = current_database() and query like 'listen %'`,
      );
      return rows.length === 1;
    });
    const [project] = await seedProjects(store.host, 'a');
    if (!project) throw new Error('a project was made');
    await wire(store.pool).builds.requestBuild(requestFor(project));
    await until(() => working.count('build_completed') === 1);
    await workers.stop();
  });

  it('listens again when its connection is dropped, says so once, and looks for what it may have missed', async () => {
    const pool = openPool({ max: 2 });
    const storage = postgres(nodePostgres(pool));
    const { heard, problems, stop } = listenTo(storage);
    await until(() => heard.length === 2);
    for (let drop = 1; drop <= 2; drop += 1) {
      heard.length = 0;
      await store.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'`,
      );
      await until(() => heard.length === 2);
      expect(heard.toSorted()).toEqual([BUILD_REQUESTS, NOTIFICATIONS]);
      heard.length = 0;
      await enqueue(storage, NOTIFICATIONS);
      await until(() => heard.length === 1);
      expect(heard).toEqual([NOTIFICATIONS]);
    }
    expect(problems).toEqual([expect.objectContaining({ name: 'DatabaseError', code: 'connection_lost' })]);
    await stop();
  });

  it('gives its connection back when it is stopped, and nothing of it stays on the connection', async () => {
    const pool = openPool({ max: 2 });
    const { heard, stop } = listenTo(postgres(nodePostgres(pool)));
    await until(() => heard.length === 2);
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 0]);
    await stop();
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
    expect((await pool.query('select pg_listening_channels()')).rows).toEqual([]);
  });

  it('lets a pool end that its host ends without stopping it first', async () => {
    const pool = openPool({ max: 2 });
    const { heard, problems } = listenTo(postgres(nodePostgres(pool)));
    await until(() => heard.length === 2);
    await pool.end();
    pool.end = async () => {};
    expect([pool.totalCount, problems]).toEqual([0, []]);
  });

  it('hears nothing of another installation in the same database', async () => {
    const schema = 'Another "one"';
    await migrate(nodePostgres(store.pool), { schema });
    const another = postgres(nodePostgres(store.pool), { schema });
    const one = listenTo(store);
    await until(() => one.heard.length === 2);
    await enqueue(another, NOTIFICATIONS);
    await enqueue(postgres(nodePostgres(store.pool), { notify: false }), NOTIFICATIONS);
    await enqueue(store, BUILD_REQUESTS);
    await until(() => one.heard.length > 2);
    expect(one.heard.slice(2), 'nor of a process that tells nobody').toEqual([BUILD_REQUESTS]);
    await one.stop();

    const other = listenTo(another);
    await until(() => other.heard.length === 2);
    await enqueue(another, NOTIFICATIONS);
    await until(() => other.heard.length > 2);
    expect(other.heard.slice(2)).toEqual([NOTIFICATIONS]);
    await other.stop();
  });

  it.each([
    ['it is told not to', { listen: false }, {}, 2],
    ['nobody is told of messages', {}, { notify: false }, 2],
    ['the pool has one connection', {}, {}, 1],
  ])('does not when %s', (_, driver, options, max) => {
    expect(postgres(nodePostgres(openPool({ max }), driver), options).queueListener).toBeUndefined();
  });
});

describe('the channel of a schema', () => {
  it.each(['wrk_builds', 'x', 'Mixed', 'with "quotes" and spaces', 'ß'.repeat(60), 'long'.repeat(15)])(
    'of %s is a name that Postgres takes and no driver has to quote',
    (schema) => expect(wakeChannel(schema)).toMatch(/^[a-z][a-z0-9_]{0,62}$/),
  );

  it('is another one for each schema', () => {
    const schemas = ['a', 'A', 'a b', `${'x'.repeat(62)}y`, `${'x'.repeat(62)}z`];
    expect(new Set(schemas.map(wakeChannel)).size).toBe(schemas.length);
  });
});

describe('a server that drops whoever listens', () => {
  let useRealTime: () => void;
  beforeEach(() => {
    useRealTime = useFakeTime();
  });
  afterEach(() => useRealTime());

  it('is asked again with longer and longer pauses, and told of once', async () => {
    let connections = 0;
    const released: unknown[] = [];
    const pool: NodePostgresPool = {
      connect: async () => {
        connections += 1;
        return {
          query: async ({ text }) => {
            if (text.startsWith('listen')) throw new Error('Connection terminated unexpectedly');
            return { rows: [] };
          },
          release: (destroy) => released.push(destroy),
        };
      },
    };
    const { problems, stop } = listenTo(postgres(nodePostgres(pool)));
    await vi.advanceTimersByTimeAsync(1_000);
    const soon = connections;
    expect(soon, 'it tries again').toBeGreaterThan(1);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(connections - soon, 'and not in a tight loop').toBeLessThan(20);
    expect(problems).toHaveLength(1);
    await stop();
    const atEnd = connections;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(connections).toBe(atEnd);
    expect(released, 'and none of those connections is used again').toEqual(released.map(() => true));
  });
});
