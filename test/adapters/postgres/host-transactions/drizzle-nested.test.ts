import { drizzle } from 'drizzle-orm/node-postgres';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { fromDrizzle } from '../../../../src/adapters/postgres/index.js';
import { openPostgres } from '../../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../../support/database.js';
import { requestFor, seedProjects, wire } from '../support/wire.js';

describeWithPostgres('a Drizzle transaction inside another', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  it('keeps or undoes the request that was made in it, whatever the outer one does after it', async () => {
    const [kept, undone, later] = await seedProjects(store.host, 'kept', 'undone', 'later');
    if (!kept || !undone || !later) throw new Error('three projects were made');
    const { builds } = wire(store.pool);
    await drizzle(store.pool).transaction(async (outer) => {
      await outer.transaction(async (tx) => {
        expect((await builds.requestBuild(requestFor(kept), { tx: fromDrizzle(tx) })).isOk()).toBe(true);
      });
      const rolledBack = outer.transaction(async (tx) => {
        expect((await builds.requestBuild(requestFor(undone), { tx: fromDrizzle(tx) })).isOk()).toBe(true);
        return tx.rollback();
      });
      await expect(rolledBack).rejects.toThrow('Rollback');
      expect((await builds.requestBuild(requestFor(later), { tx: fromDrizzle(outer) })).isOk()).toBe(true);
    });
    const built = (await store.libraryRows()).bindings.map((row) => row.automation_version_id);
    expect(built.toSorted()).toEqual([kept.versionId, later.versionId].toSorted());
  });

  it('takes turns with the outer one: of requests made in both at once, each is whole', async () => {
    const projects = await seedProjects(store.host, 'a', 'b');
    const [a, b] = projects;
    if (!a || !b) throw new Error('two projects were made');
    const { builds } = wire(store.pool);
    await drizzle(store.pool).transaction((outer) =>
      outer.transaction(async (inner) => {
        const answers = await Promise.all([
          builds.requestBuild(requestFor(a), { tx: fromDrizzle(outer) }),
          builds.requestBuild(requestFor(b), { tx: fromDrizzle(inner) }),
        ]);
        expect(answers.map((answer) => answer.isOk())).toEqual([true, true]);
      }),
    );
    expect((await store.libraryRows()).bindings).toHaveLength(2);
  });
});
