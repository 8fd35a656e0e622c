import { setTimeout as sleep } from 'node:timers/promises';
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

  it('alternates with the outer one: what one request undoes takes nothing of the other along', async () => {
    const [failing, kept] = await seedProjects(store.host, 'failing', 'kept');
    if (!failing || !kept) throw new Error('two projects were made');
    const { builds } = wire(store.pool);
    const slow = wire(store.pool, {
      prerequisites: [
        async () => {
          // Long enough for the other one to get in between, if it could.
          await sleep(50);
          throw new Error('the service is down');
        },
      ],
    });
    await drizzle(store.pool).transaction((outer) =>
      outer.transaction(async (inner) => {
        const [rejected, accepted] = await Promise.allSettled([
          slow.builds.requestBuild(requestFor(failing), { tx: fromDrizzle(outer) }),
          builds.requestBuild(requestFor(kept), { tx: fromDrizzle(inner) }),
        ]);
        expect(rejected.status).toBe('rejected');
        expect(accepted.status === 'fulfilled' && accepted.value.isOk()).toBe(true);
      }),
    );
    expect((await store.libraryRows()).bindings).toMatchObject([{ automation_version_id: kept.versionId }]);
  });
});
