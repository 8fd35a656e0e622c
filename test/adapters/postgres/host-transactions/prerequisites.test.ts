import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { fromPg, type PostgresTx } from '../../../../src/adapters/postgres/index.js';
import type { HostPrerequisite } from '../../../../src/handlers/handle-request-build.js';
import type { BuildableProject } from '../../../../src/testing/builders.js';
import { openPostgres } from '../../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../../support/database.js';
import { sized } from '../../../support/size.js';
import { requestFor, seedProjects, wire } from '../support/wire.js';

const OPEN_HOLDS = 'select reason from holds_of_the_host where project_id = $1 and not lifted';

/** How many of the host's transactions are open at once, on a pool of how many. */
const TRANSACTIONS = sized(6, 24);
const CONNECTIONS = sized(5, 20);

describeWithPostgres("C3 the host's prerequisites of a request in its transaction", () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  let pool: pg.Pool;
  let project: BuildableProject;
  beforeAll(async () => {
    store = await openPostgres();
    pool = new pg.Pool({ ...store.pool.options, max: CONNECTIONS });
    pool.on('error', () => {});
    await pool.query('create table holds_of_the_host (project_id text, reason text, lifted boolean)');
  });
  beforeEach(async () => {
    await store.clear();
    await pool.query('delete from holds_of_the_host');
    [project] = (await seedProjects(store.host, 'project')) as [BuildableProject];
  });
  afterAll(async () => {
    await pool?.query('drop table holds_of_the_host');
    await pool?.end();
    await store?.close();
  });

  /** A check as hosts have them: in the transaction if there is one, otherwise on the pool. */
  const noHold: HostPrerequisite<PostgresTx> = async ({ projectIds: [projectId], tx }) => {
    const values = [projectId ?? ''];
    const rows = tx
      ? await tx.query<{ reason: string }>(OPEN_HOLDS, values)
      : (await pool.query<{ reason: string }>(OPEN_HOLDS, values)).rows;
    return rows.map(({ reason }) => ({ prerequisite: 'hold', message: reason }));
  };
  const hold = (on: Pick<pg.Pool, 'query'>) =>
    on.query('insert into holds_of_the_host values ($1, $2, false)', [project.projectId, 'Unpaid.']);
  const inTransaction = async <T>(work: (client: pg.PoolClient) => PromiseLike<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const done = await work(client);
      await client.query('commit');
      return done;
    } catch (problem) {
      await client.query('rollback');
      throw problem;
    } finally {
      client.release();
    }
  };
  const bindings = async () => (await store.libraryRows()).bindings;

  it('C3 see a blocker that was added there', async () => {
    const { builds } = wire(pool, { prerequisites: [noHold] });
    await inTransaction(async (client) => {
      await hold(client);
      const refused = await builds.requestBuild(requestFor(project), { tx: fromPg(client) });
      expect(refused._unsafeUnwrapErr()).toMatchObject({ code: 'missing_prerequisites' });
    });
    expect(await bindings()).toEqual([]);
  });

  it('C3 no longer see a blocker that was completed there', async () => {
    await hold(pool);
    const { builds } = wire(pool, { prerequisites: [noHold] });
    expect((await builds.requestBuild(requestFor(project))).isErr(), 'without tx it blocks').toBe(true);
    await inTransaction(async (client) => {
      await client.query('update holds_of_the_host set lifted = true');
      const accepted = await builds.requestBuild(requestFor(project), { tx: fromPg(client) });
      expect(accepted.isOk()).toBe(true);
    });
    expect(await bindings()).toHaveLength(1);
  });

  it('C3 need no connection besides: more transactions than the pool has do not wait for each other', async () => {
    const projects = await seedProjects(
      store.host,
      ...Array.from({ length: TRANSACTIONS }, (_, n) => `${n}`),
    );
    const { builds } = wire(pool, { prerequisites: [noHold, noHold] });
    const answers = await Promise.all(
      projects.map((each) =>
        inTransaction((client) => builds.requestBuild(requestFor(each), { tx: fromPg(client) })),
      ),
    );
    expect(answers.filter((answer) => answer.isErr())).toEqual([]);
    expect(await bindings()).toHaveLength(TRANSACTIONS);
  });

  it('C3 are asked one after the other, and get no tx without one, nor in a preview', async () => {
    const seen: string[] = [];
    const ask =
      (name: string): HostPrerequisite<PostgresTx> =>
      async ({ tx }) => {
        seen.push(`${name} begins, ${tx ? 'with' : 'without'} tx`);
        await (tx ? tx.query('select pg_sleep(0.01)') : sleep(10));
        seen.push(`${name} ends`);
        return [];
      };
    const { builds } = wire(pool, { prerequisites: [ask('one'), ask('two')] });
    await inTransaction((client) => builds.requestBuild(requestFor(project), { tx: fromPg(client) }));
    expect(seen).toEqual(['one begins, with tx', 'one ends', 'two begins, with tx', 'two ends']);
    seen.length = 0;
    const { tenantId, versionId: automationVersionId } = project;
    await builds.previewBuild({ tenantId, automationVersionId });
    await builds.requestBuild(requestFor(project));
    expect(seen.filter((each) => each.includes('with tx'))).toEqual([]);
    expect(seen.filter((each) => each.includes('without tx'))).toHaveLength(4);
  });

  it('C3 that fail there reject the request, say why, and leave the transaction usable, also if they hide it', async () => {
    const failing: HostPrerequisite<PostgresTx> = async ({ tx }) => {
      await tx?.query('select * from nothing_of_the_host');
      return [];
    };
    const hiding: HostPrerequisite<PostgresTx> = (build) => failing(build).catch(() => []);
    await inTransaction(async (client) => {
      for (const prerequisite of [failing, hiding]) {
        const { builds } = wire(pool, { prerequisites: [prerequisite] });
        const failed = await builds.requestBuild(requestFor(project), { tx: fromPg(client) });
        expect(failed._unsafeUnwrapErr().message).toContain('nothing_of_the_host');
      }
      await hold(client);
    });
    expect(await bindings()).toEqual([]);
    expect((await pool.query(OPEN_HOLDS, [project.projectId])).rows).toHaveLength(1);
  });

  it('C3 cannot use the tx once they have been answered', async () => {
    let kept: PostgresTx | undefined;
    const keeping: HostPrerequisite<PostgresTx> = async ({ tx }) => {
      kept = tx;
      return [];
    };
    const { builds } = wire(pool, { prerequisites: [keeping] });
    await inTransaction(async (client) => {
      await builds.requestBuild(requestFor(project), { tx: fromPg(client) });
      await expect(kept?.query('select 1')).rejects.toThrow('The transaction has ended');
    });
  });
});
