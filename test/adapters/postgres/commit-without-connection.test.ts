import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { type NodePostgresPool, nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import * as given from '../../../src/testing/contracts/support/given.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../support/database.js';
import { useFakeTime } from '../../support/fake-time.js';

describeWithPostgres('a commit for which no connection is available', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  /** A pool whose first `times` connections fail, as those to a server that is restarting. */
  const failingAtFirst = (times: number) => {
    let connections = 0;
    const pool: NodePostgresPool = {
      connect: () => {
        connections += 1;
        if (connections > times) return store.pool.connect();
        const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        return Promise.reject(refused);
      },
    };
    return postgres(nodePostgres(pool)).fused;
  };

  it('is made when there is one again', async () => {
    const decision = await given.acceptance(store, await given.project(store));
    expect(await failingAtFirst(3).commit([decision])).toEqual(['ok']);
    expect((await store.libraryRows()).bindings).toHaveLength(1);
  });

  it('fails in the end, and says that nothing was sent', async () => {
    const decision = await given.acceptance(store, await given.project(store));
    const useRealTime = useFakeTime({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(useRealTime);
    let over = false;
    const committing = failingAtFirst(1_000)
      .commit([decision, decision])
      .finally(() => {
        over = true;
      });
    while (!over) {
      await vi.advanceTimersByTimeAsync(100);
      await setImmediate();
    }
    const nothingSent = expect.objectContaining({ code: 'unreachable', statement: 'not_sent' });
    expect(await committing).toEqual([nothingSent, nothingSent]);
    useRealTime();
    expect((await store.libraryRows()).bindings).toEqual([]);
  });
});
