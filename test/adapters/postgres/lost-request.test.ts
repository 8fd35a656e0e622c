import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { buildableProject } from '../../../src/testing/builders.js';
import { buildsOver } from '../../postgres/support.js';
import { describeWithPostgres } from '../../support/database.js';
import { until } from '../../support/until.js';
import { openCuttableStore } from './support/cuttable-store.js';
import { hookedPool } from './support/hooked-pool.js';

const COMMIT = 'wrk_builds_commit';

describeWithPostgres('a request whose connection breaks at the commit', () => {
  let store: Awaited<ReturnType<typeof openCuttableStore>>;
  beforeAll(async () => {
    store = await openCuttableStore();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  const seed = async () => {
    const { tenantId, versionId, rows } = buildableProject();
    await store.host.insert(rows);
    return { tenantId, automationVersionId: versionId, trigger: 'patch_status' } as const;
  };

  /** Exactly one build came of it, and the caller was told so. */
  const expectOneBuild = async (answer: { readonly bindingId: string }) => {
    const { bindings, audit, messages } = await store.libraryRows();
    expect(bindings.map((row) => row.id)).toEqual([answer.bindingId]);
    expect(audit.filter((row) => row.action_type === 'request_build')).toHaveLength(1);
    return { bindings, messages };
  };

  it.each(['before', 'after'] as const)('%s the server got or did it, is accepted once', async (moment) => {
    const request = await seed();
    store.proxy.cut(COMMIT, moment);
    const answer = await buildsOver(store.cuttable).builds.requestBuild(request);
    expect(store.proxy.left(), 'the connection was broken').toBe(0);
    const { messages } = await expectOneBuild(answer._unsafeUnwrap());
    expect(messages).toHaveLength(4);
  });

  it('is accepted even if its build was claimed and completed before anybody could look', async () => {
    const request = await seed();
    store.proxy.cut(COMMIT, 'after', async () => {
      const { builds, events } = buildsOver(store);
      const workers = builds.startWorkers({ pollIntervalMs: 5 });
      await until(() => events.some(({ type }) => type === 'build_completed'));
      await workers.stop();
    });
    const answer = await buildsOver(store.cuttable).builds.requestBuild(request);
    expect(store.proxy.left()).toBe(0);
    const { bindings } = await expectOneBuild(answer._unsafeUnwrap());
    expect(bindings).toMatchObject([{ status: 'active', run: 1 }]);
  });

  it('is accepted although the server is still at it when it is asked again', async () => {
    await store.pool.query(`
      create function wait_a_while() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock_shared(4711); return new; end $$;
      create trigger wait_a_while before insert on audit_logs for each row execute function wait_a_while()`);
    onTestFinished(async () => void (await store.pool.query('drop function wait_a_while cascade')));
    const holder = await store.pool.connect();
    await holder.query('select pg_advisory_lock(4711)');
    const answered: string[] = [];
    const hooked = hookedPool(store.cuttablePool, async (name, run) => {
      const rows = await run();
      answered.push(name);
      return rows;
    });
    const request = await seed();
    store.proxy.cut(COMMIT, 'during');
    const asking = buildsOver(postgres(nodePostgres(hooked))).builds.requestBuild(request);

    // The first one gets no answer, so this is the second.
    await until(() => answered.includes(COMMIT));
    expect((await store.libraryRows()).bindings, 'the first one has not come through').toEqual([]);
    await holder.query('select pg_advisory_unlock(4711)');
    holder.release();

    const answer = await asking;
    await expectOneBuild(answer._unsafeUnwrap());
  });
});
