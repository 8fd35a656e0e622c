import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../support/database.js';
import { requestFor, seedProjects, wire } from './support/wire.js';

describeWithPostgres('statements that the server refuses', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  it('fail only the request that they are refused for, of many that came at one moment', async () => {
    const projects = await seedProjects(store.host, 'a', 'b', 'c', 'd');
    await store.pool.query(
      `alter table wrk_builds.workflow_bindings add constraint picky check (request_id <> 'refused')`,
    );
    onTestFinished(
      async () =>
        void (await store.pool.query('alter table wrk_builds.workflow_bindings drop constraint picky')),
    );
    const { builds } = wire(store.pool);
    const requests = projects.map((project, index) =>
      builds.requestBuild({ ...requestFor(project), ...(index === 1 ? { requestId: 'refused' } : {}) }),
    );
    const [a, b, c, d] = await Promise.all(requests);
    expect([a, c, d].map((each) => each?.isOk())).toEqual([true, true, true]);
    expect(b?._unsafeUnwrapErr()).toMatchObject({
      code: 'host_refused',
      details: { sqlState: '23514', table: 'workflow_bindings', constraint: 'picky' },
    });
    const { bindings } = await store.libraryRows();
    expect(bindings.map((row) => row.automation_version_id).toSorted()).toEqual(
      [0, 2, 3].map((index) => projects[index]?.versionId).toSorted(),
    );
  });

  describe.each([
    ['a deadlock', '40P01'],
    ['a serialization failure', '40001'],
  ])('because of %s', (_, code) => {
    /** The server raises it for the first `times` runs. A sequence counts them, since it is not rolled back. */
    const raise = async (times: number) => {
      await store.pool.query(`
        create sequence runs;
        create function lose_a_race() returns trigger language plpgsql as $$ begin
          if nextval('runs') <= ${times} then raise exception 'lost a race' using errcode = '${code}'; end if;
          return new;
        end $$;
        create trigger lose_a_race before insert on wrk_builds.workflow_bindings
          for each row execute function lose_a_race()`);
      onTestFinished(
        async () => void (await store.pool.query('drop function lose_a_race cascade; drop sequence runs')),
      );
    };
    const runs = async () =>
      Number((await store.pool.query('select last_value from runs')).rows[0]?.last_value);

    it('are run again as a whole, and the request is accepted', async () => {
      const [project] = await seedProjects(store.host, 'a');
      if (!project) throw new Error('a project was made');
      await raise(2);
      expect((await wire(store.pool).builds.requestBuild(requestFor(project))).isOk()).toBe(true);
      expect(await runs()).toBe(3);
      const { bindings, audit, messages } = await store.libraryRows();
      expect([bindings.length, audit.length, messages.length]).toEqual([1, 1, 4]);
    });

    it('are run three times at most, and then fail the request', async () => {
      const [project] = await seedProjects(store.host, 'a');
      if (!project) throw new Error('a project was made');
      await raise(1_000);
      const request = async () => await wire(store.pool).builds.requestBuild(requestFor(project));
      await expect(request()).rejects.toMatchObject({ code: 'race_lost', sqlState: code });
      expect(await runs()).toBe(3);
      expect((await store.libraryRows()).bindings).toEqual([]);
    });
  });
});
