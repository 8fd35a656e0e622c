import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stableId } from '../../../src/testing/builders.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../support/database.js';
import { until } from '../../support/until.js';
import { hookedPool } from './support/hooked-pool.js';
import { requestFor, seedProjects, wire } from './support/wire.js';

/** Longer than any test; only a wait that nothing ends would last so long. */
const FOR_EVER_MS = 3_600_000;

const NAMES = ['held', 'a', 'b', 'c', 'd'];

describeWithPostgres('rows that the host holds', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  describe.each(['projects', 'automationVersions', 'quotes'] as const)('of %s', (table) => {
    it('delay no other request of the same moment, and the one that needs them is accepted when they are free', async () => {
      const [held, ...others] = await seedProjects(store.host, ...NAMES);
      if (!held) throw new Error('a project was made');
      const ids = { projects: held.projectId, automationVersions: held.versionId, quotes: held.quoteId };
      const lock = await store.host.lock(table, ids[table]);
      const sent: string[] = [];
      const { builds } = wire(
        hookedPool(store.pool, (name, run) => {
          sent.push(name);
          return run();
        }),
        { lockWaitMs: FOR_EVER_MS },
      );

      let answered = false;
      const ask = async () => {
        const answer = await builds.requestBuild(requestFor(held));
        answered = true;
        return answer;
      };
      const waiting = ask();
      const answers = await Promise.all(others.map((project) => builds.requestBuild(requestFor(project))));
      expect(answers.every((answer) => answer.isOk())).toBe(true);
      expect(sent.slice(0, 2), 'they were of one set').toEqual([
        'wrk_builds_load_requests',
        'wrk_builds_commit',
      ]);
      await until(() => sent.includes('wrk_builds_wait_for_request'));
      expect(answered).toBe(false);

      await lock.release();
      expect((await waiting).isOk()).toBe(true);
      expect((await store.libraryRows()).bindings).toHaveLength(NAMES.length);
    });
  });

  it('are waited for, and what was written to them meanwhile decides', async () => {
    const [project] = await seedProjects(store.host, 'withdrawn');
    if (!project) throw new Error('a project was made');
    const host = await store.pool.connect();
    await host.query('begin');
    await host.query(`update quotes set status = 'withdrawn' where id = $1`, [project.quoteId]);
    const sent: string[] = [];
    const { builds } = wire(
      hookedPool(store.pool, (name, run) => {
        sent.push(name);
        return run();
      }),
      { lockWaitMs: FOR_EVER_MS },
    );
    const asking = builds.requestBuild(requestFor(project));
    await until(() => sent.includes('wrk_builds_wait_for_request'));
    await host.query('commit');
    host.release();
    expect((await asking)._unsafeUnwrapErr().code).toBe('quote_not_signed');
    expect((await store.libraryRows()).bindings).toEqual([]);
  });

  it('are not waited for without end: the caller is told to try again, and nothing is written', async () => {
    const [project] = await seedProjects(store.host, 'never let go');
    if (!project) throw new Error('a project was made');
    const { builds } = wire(store.pool, { lockWaitMs: 20 });
    const lock = await store.host.lock('projects', project.projectId);
    const refused = await builds.requestBuild(requestFor(project));
    await lock.release();
    expect(refused._unsafeUnwrapErr()).toMatchObject({ code: 'concurrency_conflict', details: null });
    expect((await store.libraryRows()).bindings).toEqual([]);
    expect((await builds.requestBuild(requestFor(project))).isOk(), 'and it may try again').toBe(true);
  });

  it('delay the order of a person, and it is carried out when they are free', async () => {
    const [project] = await seedProjects(store.host, 'held');
    if (!project) throw new Error('a project was made');
    const sent: string[] = [];
    const { builds } = wire(
      hookedPool(store.pool, (name, run) => {
        sent.push(name);
        return run();
      }),
      { lockWaitMs: FOR_EVER_MS },
    );
    const { bindingId } = (await builds.requestBuild(requestFor(project)))._unsafeUnwrap();
    const lock = await store.host.lock('projects', project.projectId);
    const { tenantId } = project;
    const cancelling = builds
      .cancelBuild({ tenantId, bindingId, userId: stableId('ops'), reason: 'The client waits.' })
      .then((cancelled) => cancelled._unsafeUnwrap());
    await Promise.race([cancelling, until(() => sent.includes('wrk_builds_wait_for_build'))]);
    expect((await store.libraryRows()).bindings).toMatchObject([{ status: 'pending' }]);
    await lock.release();
    expect(await cancelling).toMatchObject({ status: 'cancelled' });
  });

  it('delay no other completion, and the build that needs them is completed when they are free', async () => {
    const projects = await seedProjects(store.host, ...NAMES);
    const { builds, fake, count } = wire(store.pool, { lockWaitMs: FOR_EVER_MS });
    for (const project of projects) await builds.requestBuild(requestFor(project));
    const lock = await store.host.lock('projects', `${projects[0]?.projectId}`);
    const workers = builds.startWorkers({ concurrency: { notifications: 0 }, pollIntervalMs: 5 });
    await until(() => count('build_completed') === NAMES.length - 1 && fake.calls().length === NAMES.length);
    await lock.release();
    await until(() => count('build_completed') === NAMES.length);
    await workers.stop();
    expect(fake.calls()).toHaveLength(NAMES.length);
  });

  it('cost no answer of WRK: one that cannot be acted on is recorded, and acted on later without another call', async () => {
    const [project] = await seedProjects(store.host, 'never let go');
    if (!project) throw new Error('a project was made');
    const { builds, fake, count } = wire(store.pool, { lockWaitMs: 20 });
    await builds.requestBuild(requestFor(project));
    const lock = await store.host.lock('projects', project.projectId);
    const workers = builds.startWorkers({ concurrency: { notifications: 0 }, pollIntervalMs: 5 });
    await until(() => count('build_rescheduled') === 1);
    expect((await store.libraryRows()).calls).toMatchObject([
      { outcome: 'created', wrk_workflow_id: 'wf_1' },
    ]);

    await lock.release();
    await until(() => count('build_completed') === 1);
    await workers.stop();
    expect((await store.libraryRows()).bindings).toMatchObject([
      { status: 'active', wrk_workflow_id: 'wf_1' },
    ]);
    expect(fake.calls()).toHaveLength(1);
  });
});
