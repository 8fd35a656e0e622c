import { err, ok, type Result } from 'neverthrow';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { fromPg, type PostgresTx } from '../../../../src/adapters/postgres/index.js';
import type { Builds } from '../../../../src/builds.js';
import type { RequestBuildError } from '../../../../src/core/build/errors.js';
import type { RequestAnswer } from '../../../../src/core/build/facts.js';
import type { RequestBuildInput } from '../../../../src/input/request-build-input.js';
import { type BuildableProject, outgoingNotification } from '../../../../src/testing/builders.js';
import * as when from '../../../../src/testing/contracts/support/when.js';
import { openPostgres } from '../../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../../support/database.js';
import { until } from '../../../support/until.js';
import { hookedPool } from '../support/hooked-pool.js';
import { requestFor, seedProjects, wire } from '../support/wire.js';

/** Longer than any test; only a wait that nothing ends would last so long. */
const FOR_EVER_MS = 3_600_000;

type Wired = Builds<PostgresTx>;

/** Two transactions of a host at the same time, and what becomes of requests in them. */
describeWithPostgres('requests in transactions that are open at the same time', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  let hosts: pg.Pool;
  beforeAll(async () => {
    store = await openPostgres();
    hosts = new pg.Pool({ ...store.pool.options, max: 5 });
    hosts.on('error', () => {});
  });
  beforeEach(() => store.clear());
  afterEach(() => {
    // Locks that a failed case left behind would make the next ones fail too.
    for (const client of open) client.release(true);
    open.clear();
  });
  afterAll(async () => {
    await hosts.end();
    await store.close();
  });

  const open = new Set<pg.PoolClient>();
  const begin = async () => {
    const client = await hosts.connect();
    open.add(client);
    await client.query('begin');
    return client;
  };
  /** The same session as a client that counts how often it looks whether locked rows are free. */
  const watch = (client: pg.PoolClient) => {
    let looks = 0;
    const query: Parameters<typeof fromPg>[0]['query'] = (config) => {
      if (/for share skip locked/.test(config.text)) looks += 1;
      return client.query(config);
    };
    return { query, looksAgain: () => until(() => looks > 1) };
  };
  const end = async (client: pg.PoolClient, how: 'commit' | 'rollback') => {
    await client.query(how);
    open.delete(client);
    client.release();
  };
  const seedOne = async (name = 'project') => {
    const [project] = await seedProjects(store.host, name);
    if (!project) throw new Error('a project was made');
    return project;
  };
  const rename = (client: pg.PoolClient, { automationId }: BuildableProject, name: string) =>
    client.query('update automations set name = $2 where id = $1', [automationId, name]);
  /** The same as a promise of the language. */
  const request = async (
    builds: Wired,
    input: RequestBuildInput,
    client?: Parameters<typeof fromPg>[0],
  ): Promise<Result<RequestAnswer, RequestBuildError>> =>
    builds.requestBuild(input, client ? { tx: fromPg(client) } : {});
  const ask = async (builds: Wired, client: Parameters<typeof fromPg>[0], input: RequestBuildInput) => {
    const answer = await request(builds, input, client);
    return answer.isOk() ? 'ok' : answer.error.code;
  };
  /** Resolves once the server says that a connection waits for somebody's lock. */
  const somebodyWaits = () =>
    until(async () => {
      const { rows } = await store.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
  const names = async () => (await store.host.read()).automations.map(({ name }) => name).toSorted();

  it.each([
    ['commits', 'commit', 'build_already_in_progress'],
    ['rolls back', 'rollback', 'ok'],
  ] as const)(
    'for one version: the second waits for the first, and when that %s the answer is right',
    async (_, how, expected) => {
      const project = await seedOne();
      const { builds } = wire(store.pool, { lockWaitMs: FOR_EVER_MS });
      const [first, second] = [await begin(), await begin()];
      expect(await ask(builds, first, requestFor(project))).toBe('ok');
      await rename(second, await seedOne('of the second'), 'Of the second');
      const watched = watch(second);
      const asking = ask(builds, watched, requestFor(project));
      await watched.looksAgain();
      await end(first, how);
      expect(await asking).toBe(expected);
      await end(second, 'commit');
      expect((await store.libraryRows()).bindings).toHaveLength(1);
      expect(await names()).toContain('Of the second');
    },
  );

  it('for one version: while the first stays open the second is told to try again, and commits its own', async () => {
    const project = await seedOne();
    const { builds } = wire(store.pool, { lockWaitMs: 20 });
    const [first, second] = [await begin(), await begin()];
    expect(await ask(builds, first, requestFor(project))).toBe('ok');
    await rename(second, await seedOne('of the second'), 'Of the second');
    expect(await ask(builds, second, requestFor(project))).toBe('concurrency_conflict');
    await end(second, 'commit');
    expect(await names(), 'it could go on').toContain('Of the second');
    expect((await store.libraryRows()).bindings, 'the first is still open').toEqual([]);
    await end(first, 'commit');
    expect((await store.libraryRows()).bindings).toHaveLength(1);
  });

  it('for one version: the one that was refused holds no lock that the first could need', async () => {
    const project = await seedOne();
    const { builds } = wire(store.pool, { lockWaitMs: 20 });
    const [first, second] = [await begin(), await begin()];
    // The quote is locked after the project, so the second has the project when it finds the quote held.
    await first.query('select from quotes where id = $1 for update', [project.quoteId]);
    expect(await ask(builds, second, requestFor(project))).toBe('concurrency_conflict');
    await first.query('select from projects where id = $1 for update nowait', [project.projectId]);
    expect(await ask(builds, first, requestFor(project))).toBe('ok');
    await end(second, 'commit');
    await end(first, 'commit');
    expect((await store.libraryRows()).bindings).toHaveLength(1);
  });

  it('and one without a transaction: it waits, and gets the answer that is right after the commit', async () => {
    const project = await seedOne();
    const { builds } = wire(store.pool, { lockWaitMs: FOR_EVER_MS });
    const host = await begin();
    expect(await ask(builds, host, requestFor(project))).toBe('ok');
    const asking = when.watched(request(builds, requestFor(project)));
    await somebodyWaits();
    expect(asking.isOver()).toBe(false);
    await end(host, 'commit');
    expect((await asking.promise)._unsafeUnwrapErr().code).toBe('build_already_in_progress');
  });

  it('under one idempotency key for one version: the twin waits, and replays what was committed', async () => {
    const project = await seedOne();
    const { builds } = wire(store.pool, { lockWaitMs: FOR_EVER_MS });
    const [first, second] = [await begin(), await begin()];
    const keyed = { ...requestFor(project), idempotencyKey: 'key' };
    const accepted = await request(builds, keyed, first);
    const watched = watch(second);
    const asking = request(builds, keyed, watched);
    await watched.looksAgain();
    await end(first, 'commit');
    expect((await asking)._unsafeUnwrap()).toEqual(accepted._unsafeUnwrap());
    await end(second, 'commit');
    expect((await store.libraryRows()).bindings).toHaveLength(1);
  });

  it('under one idempotency key for two versions: the second waits, and is refused or accepted by how the first ends', async () => {
    const [one, two] = [await seedOne('one'), await seedOne('two')];
    const { builds } = wire(store.pool, { lockWaitMs: FOR_EVER_MS });
    const outcomes: string[] = [];
    for (const how of ['rollback', 'commit'] as const) {
      const [first, second] = [await begin(), await begin()];
      const idempotencyKey = `key of the ${how}`;
      expect(await ask(builds, first, { ...requestFor(one), idempotencyKey })).toBe('ok');
      const watched = watch(second);
      const asking = ask(builds, watched, { ...requestFor(two), idempotencyKey });
      await watched.looksAgain();
      await end(first, how);
      outcomes.push(await asking);
      await end(second, 'rollback');
    }
    expect(outcomes).toEqual(['ok', 'idempotency_key_reused']);
  });

  it('under one idempotency key for two versions: while the first stays open the second is told to try again', async () => {
    const [one, two] = [await seedOne('one'), await seedOne('two')];
    const { builds } = wire(store.pool, { lockWaitMs: 20 });
    const [first, second] = [await begin(), await begin()];
    expect(await ask(builds, first, { ...requestFor(one), idempotencyKey: 'key' })).toBe('ok');
    expect(await ask(builds, second, { ...requestFor(two), idempotencyKey: 'key' })).toBe(
      'concurrency_conflict',
    );
    await rename(second, two, 'Of the second');
    await end(second, 'commit');
    await end(first, 'commit');
    expect(await names()).toContain('Of the second');
    expect((await store.libraryRows()).bindings).toHaveLength(1);
  });

  it('that wait for each other in a circle: the request gives in, and both hosts go on', async () => {
    const [one, two] = [await seedOne('one'), await seedOne('two')];
    const { builds } = wire(store.pool, { lockWaitMs: 20 });
    const [first, second] = [await begin(), await begin()];
    expect(await ask(builds, first, { ...requestFor(one), idempotencyKey: 'key' })).toBe('ok');
    await rename(second, two, 'Of the second');
    const renaming = rename(first, two, 'Of the first');
    await somebodyWaits();
    expect(await ask(builds, second, { ...requestFor(two), idempotencyKey: 'key' })).toBe(
      'concurrency_conflict',
    );
    await end(second, 'commit');
    await renaming;
    await end(first, 'commit');
    expect(await names()).toContain('Of the first');
    expect((await store.libraryRows()).bindings).toHaveLength(1);
  });

  it('of which one adds a message in a savepoint, in a circle: that is a lost race, and both hosts go on', async () => {
    const [first, second] = [await begin(), await begin()];
    await second.query(`set local deadlock_timeout = '10ms'`);
    await first.query(`set local deadlock_timeout = '1h'`);
    const { queue, hostTransactions } = store;
    const [one, two] = [fromPg(first), fromPg(second)];
    await queue.enqueue(one, [outgoingNotification('a')]);
    await queue.enqueue(two, [outgoingNotification('b')]);
    const adding = queue.enqueue(one, [outgoingNotification('b')]);
    await somebodyWaits();
    const lost = await hostTransactions.savepoint(
      two,
      async (inner) => {
        await queue.enqueue(inner, [outgoingNotification('c'), outgoingNotification('a')]);
        return ok(undefined);
      },
      { waitMs: FOR_EVER_MS },
    );
    expect(lost).toEqual(err('lost_race'));
    await end(second, 'commit');
    await adding;
    await end(first, 'commit');
    expect((await store.libraryRows()).messages.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('of which one has no transaction, under one idempotency key: it waits alone, and others of its moment do not', async () => {
    const [one, two, other] = [await seedOne('one'), await seedOne('two'), await seedOne('other')];
    const { builds } = wire(store.pool, { lockWaitMs: FOR_EVER_MS });
    const host = await begin();
    expect(await ask(builds, host, { ...requestFor(one), idempotencyKey: 'key' })).toBe('ok');
    const asking = when.watched(request(builds, { ...requestFor(two), idempotencyKey: 'key' }));
    expect((await request(builds, requestFor(other))).isOk()).toBe(true);
    await somebodyWaits();
    expect(asking.isOver()).toBe(false);
    await end(host, 'commit');
    expect((await asking.promise)._unsafeUnwrapErr().code).toBe('idempotency_key_reused');
  });

  it('that make a binding for one version without a common lock: the later one decides again, on what it can see now', async () => {
    const [project, other] = [await seedOne('one'), await seedOne('two')];
    const { builds } = wire(store.pool, { lockWaitMs: FOR_EVER_MS });
    expect((await builds.requestBuild(requestFor(other))).isOk()).toBe(true);
    const [first, second] = [await begin(), await begin()];
    // Its row is locked by nobody else's reading of the version: only the unique index tells the two apart.
    await first.query('update wrk_builds.workflow_bindings set automation_version_id = $1', [
      project.versionId,
    ]);
    const asking = ask(builds, second, requestFor(project));
    await somebodyWaits();
    await end(first, 'commit');
    expect(await asking).toBe('build_already_in_progress');
    await rename(second, project, 'Of the second');
    await end(second, 'commit');
    expect(await names()).toContain('Of the second');
  });

  it('and a worker: it sees nothing before the commit, and finds the build after it', async () => {
    const project = await seedOne();
    let looks = 0;
    const counted = hookedPool(store.pool, (_, run, text) => {
      if (/skip locked/i.test(text)) looks += 1;
      return run();
    });
    const { builds, count, events } = wire(counted);
    const workers = builds.startWorkers({ pollIntervalMs: 5 });
    const host = await begin();
    expect(await ask(builds, host, requestFor(project))).toBe('ok');
    const before = looks;
    await until(() => looks > before + 1);
    expect(events.map(({ type }) => type)).not.toContain('build_claimed');
    await end(host, 'commit');
    await until(() => count('build_completed') === 1);
    await workers.stop();
  });

  it('that lose their connection are told so, and leave nothing', async () => {
    const project = await seedOne();
    const { builds } = wire(store.pool, { lockWaitMs: FOR_EVER_MS });
    const [holder, host] = [await begin(), await begin()];
    host.on('error', () => {});
    const { rows } = await host.query('select pg_backend_pid() as pid');
    await holder.query('select from projects where id = $1 for update', [project.projectId]);
    const watched = watch(host);
    const asking = request(builds, requestFor(project), watched);
    const lost = expect(asking).rejects.toMatchObject({ code: 'connection_lost' });
    await watched.looksAgain();
    await store.pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
    await lost;
    open.delete(host);
    host.release(true);
    await end(holder, 'rollback');
    expect((await store.libraryRows()).bindings).toEqual([]);
    expect((await builds.requestBuild(requestFor(project))).isOk(), 'it can be requested again').toBe(true);
  });

  it('a pool in place of a client is refused, and nothing is written', async () => {
    const project = await seedOne();
    const { builds } = wire(store.pool);
    const onPool = request(builds, requestFor(project), hosts);
    await expect(onPool).rejects.toThrow('client: is a pool');
    expect((await store.libraryRows()).bindings).toEqual([]);
  });

  it('a transaction of our own is joined like one of the host', async () => {
    const project = await seedOne();
    const { builds } = wire(store.pool);
    const outcome = await store.repository.transaction(
      async (tx) => await builds.requestBuild(requestFor(project), { tx }),
    );
    expect(outcome.isOk()).toBe(true);
    expect((await store.libraryRows()).bindings).toHaveLength(1);
  });
});
