import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromPg, type PostgresTx } from '../../src/adapters/postgres/index.js';
import type { Builds } from '../../src/builds.js';
import {
  type BuildableProject,
  buildableProject,
  projectTask,
  stableId,
} from '../../src/testing/builders.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';
import { wire } from '../adapters/postgres/support/wire.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { isFull, sampled, sized } from '../support/size.js';
import { until } from '../support/until.js';
import { randomOf } from '../torture/harness/random.js';

/** Whose sessions count: they report their deadlocks when they end. */
const NAME = 'lock torture';
const TASKS = ['a', 'b', 'c'];
/** What has to succeed before it is enough. */
const COMMANDS = isFull
  ? ['request', 'request in a transaction', 'cancel', 'retry', 'adopt', 'record', 'record in a transaction']
  : ['request', 'record'];
const OPS = { userId: stableId('ops'), reason: 'Torture.' };

/** A project, the version that is built at the moment, and its build. */
interface Site extends BuildableProject {
  at: number;
  bindingId: string | null;
}

type Outcome = { isOk(): boolean; isErr(): boolean };

describeWithPostgres('A12, a host and the library on a few projects at full speed', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  const sites = ['one', 'two', 'three'].map(
    (name): Site => ({
      ...buildableProject({ name, versions: sized(20, 150) }),
      at: 0,
      bindingId: null,
    }),
  );
  beforeAll(async () => {
    store = await openPostgres();
    for (const site of sites) {
      await store.host.insert(site.rows);
      await store.host.insert({ tasks: TASKS.map((slug) => projectTask(site, slug)) });
    }
    // So that a circle is found while it lasts.
    await store.pool.query(
      `do $$ begin execute format('alter database %I set deadlock_timeout = %L', current_database(), '20ms'); end $$`,
    );
  });
  afterAll(() => store?.close());

  const random = randomOf(NAME);
  const fake = createFakeWrk();
  fake.otherwise(({ number }) => (number % 3 === 0 ? wrkBehaviour.answers(422) : wrkBehaviour.creates()));

  /** Two processes of the library and a host, with sessions of their own until `close`. */
  const open = () => {
    const pools = Array.from({ length: 3 }, () => sized(3, 8)).map(
      (max) => new pg.Pool({ ...store.pool.options, max, application_name: NAME }),
    );
    const [hosts, ...others] = pools as [pg.Pool, ...pg.Pool[]];
    const succeeded: Record<string, number> = {};
    const tally = (name: string, outcome: Outcome) => {
      if (outcome.isOk()) succeeded[name] = (succeeded[name] ?? 0) + 1;
    };
    const wrk = fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } });
    const wired = others.map((pool) => wire(pool, { wrk, lockWaitMs: 100 }));
    const workers = wired.map(({ builds }) =>
      builds.startWorkers({ concurrency: { builds: 4, notifications: 0 }, pollIntervalMs: 20 }),
    );
    let victims = 0;

    const request = async (builds: Builds<PostgresTx>, site: Site, tx?: PostgresTx) => {
      const automationVersionId = site.versionIds[site.at] ?? '';
      const input = { tenantId: site.tenantId, automationVersionId, trigger: 'patch_status' } as const;
      const answer = await (tx ? builds.requestBuild(input, { tx }) : builds.requestBuild(input));
      tally(tx ? 'request in a transaction' : 'request', answer);
      if (answer.isOk()) site.bindingId = answer.value.bindingId;
      else if (answer.error.code === 'version_already_built')
        site.at = (site.at + 1) % site.versionIds.length;
    };
    type Run = (build: { tenantId: string; bindingId: string }) => Promise<Outcome>;
    const command = async (name: string, site: Site, run: Run) => {
      const { tenantId, bindingId } = site;
      if (bindingId !== null) tally(name, await run({ tenantId, bindingId }));
    };
    /** A person or a route of the host's, who asks the library. */
    const ask = async () => {
      const { builds } = random.pick(wired);
      const site = random.pick(sites);
      const { tenantId, projectId } = site;
      const workflowId = `by-hand-${random.next()}`;
      const workflow = { workflowId, workflowUrl: `https://wrk.example/${workflowId}` };
      await random.pick([
        async () => void (await Promise.all(sites.map((each) => request(builds, each)))),
        () => request(builds, site),
        () => command('cancel', site, async (build) => builds.cancelBuild({ ...build, ...OPS })),
        () => command('retry', site, async (build) => builds.retryBuild({ ...build, ...OPS })),
        () =>
          command('adopt', site, async (build) => builds.adoptWorkflow({ ...build, ...workflow, ...OPS })),
        async () => tally('record', await builds.recordChecklistChange({ tenantId, projectId })),
        async () => {
          const errorReason = 'blueprint_rejected';
          tally('retry all', await builds.retryBuilds({ tenantId, errorReason, ...OPS }));
        },
      ])();
    };

    /** A transaction of the host's. The victim of a deadlock is counted, and gives up what it did. */
    const transaction = async (work: (client: pg.PoolClient) => Promise<unknown>) => {
      const client = await hosts.connect();
      try {
        await client.query('begin');
        await work(client);
        await client.query('commit');
      } catch (problem) {
        await client.query('rollback');
        if ((problem as { code?: string }).code !== '40P01') throw problem;
        victims += 1;
      } finally {
        client.release();
      }
    };
    /** Statements that each write one row of a site, in the order of locks. */
    const writes = ({ projectId, versionIds, at }: Site) => {
      const version = versionIds[at];
      const task = stableId(projectId, 'task', random.pick(TASKS));
      return [
        () => [`update projects set name = 'P' where id = $1`, projectId],
        () => ['update automation_versions set updated_at = clock_timestamp() where id = $1', version],
        () => ['update quotes set expires_at = null where automation_version_id = $1', version],
        () => [`update tasks set status = 'complete' where id = $1`, task],
      ].map((write) => (session: Pick<pg.ClientBase, 'query'> | pg.Pool) => {
        const [text = '', id] = write();
        return (session as pg.Pool).query(text, [id]);
      });
    };
    const inOrder = (turn: <T>(list: T[]) => T[]) => () =>
      transaction(async (client) => {
        for (const write of turn(writes(random.pick(sites)))) await write(client);
      });
    const host = {
      ordered: inOrder((list) => list),
      'the other way round': inOrder((list) => list.toReversed()),
      'row by row': async () => void (await random.pick(writes(random.pick(sites)))(hosts)),
      'a task, then its record': () =>
        transaction(async (client) => {
          const site = random.pick(sites);
          await writes(site).at(-1)?.(client);
          const { tenantId, projectId } = site;
          const { builds } = random.pick(wired);
          const tx = fromPg(client);
          tally(
            'record in a transaction',
            await builds.recordChecklistChange({ tenantId, projectId }, { tx }),
          );
        }),
      'a quote, then a request': () =>
        transaction(async (client) => {
          const site = random.pick(sites);
          await writes(site)[2]?.(client);
          await request(random.pick(wired).builds, site, fromPg(client));
        }),
    };

    return {
      ask,
      request: (site: Site) => request(random.pick(wired).builds, site),
      host,
      succeeded,
      victims: () => victims,
      completed: () => wired.reduce((sum, { count }) => sum + count('build_completed'), 0),
      close: async () => {
        for (const each of workers) await each.stop();
        for (const pool of pools) await pool.end();
      },
    };
  };

  /** The deadlocks of the database so far, once the sessions that may have met some have ended. */
  const deadlocks = async () => {
    await until(async () => {
      const { rows } = await store.pool.query('select from pg_stat_activity where application_name = $1', [
        NAME,
      ]);
      return rows.length === 0;
    });
    const { rows } = await store.pool.query(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    );
    return rows[0].deadlocks as number;
  };

  /** Everybody goes on until it is enough. */
  const play = (isEnough: () => boolean, actors: readonly (() => Promise<void>)[]) =>
    Promise.all(
      actors.map(async (act) => {
        while (!isEnough()) await act();
      }),
    );

  const HOSTS = [
    { how: 'in the order of locks', also: 'ordered' },
    { how: 'the other way round', also: 'the other way round' },
  ] as const;
  it.each(sampled(HOSTS, 1))('row 55: there is no deadlock with a host that goes $how', async ({ also }) => {
    const before = await deadlocks();
    const game = open();
    const hosts = [also, also, 'row by row', 'a task, then its record', 'a quote, then a request'] as const;
    const transactions = sized(15, 900);
    let done = 0;
    const counted = (act: () => Promise<void>) => async () => {
      await act();
      done += 1;
    };
    const asking = Array.from({ length: sized(3, 8) }, () => game.ask);
    const actors = [...asking, ...hosts.map((each) => game.host[each])].map(counted);
    const isEnough = () =>
      done >= transactions && game.completed() > 0 && COMMANDS.every((name) => name in game.succeeded);
    await play(isEnough, actors).finally(game.close);
    expect(game.victims()).toBe(0);
    expect((await deadlocks()) - before).toBe(0);
  });

  it('row 55: two that go opposite ways meet a deadlock with each other, and builds go on', async () => {
    const before = await deadlocks();
    const game = open();
    const { ordered, 'the other way round': reversed } = game.host;
    await play(() => game.victims() > 0, [game.ask, game.ask, ordered, ordered, reversed, reversed]);
    fake.otherwise(() => wrkBehaviour.creates());
    const after: Site = { ...buildableProject({ name: 'after' }), at: 0, bindingId: null };
    await store.host.insert(after.rows);
    await game.request(after);
    await until(async () => {
      const { bindings } = await store.libraryRows();
      return bindings.some(({ id, status }) => id === after.bindingId && status === 'active');
    });
    await game.close();
    expect((await deadlocks()) - before).toBeGreaterThan(0);
  });
});
