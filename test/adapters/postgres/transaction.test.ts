import { err, ok } from 'neverthrow';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { nodePostgres, type PostgresTx, postgres } from '../../../src/adapters/postgres/index.js';
import type { BuildDecision } from '../../../src/core/build/decision.js';
import * as given from '../../../src/testing/contracts/support/given.js';
import * as then from '../../../src/testing/contracts/support/then.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../support/database.js';
import { until } from '../../support/until.js';

describeWithPostgres('a transaction of the Postgres family', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  let other: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    [store, other] = await Promise.all([openPostgres(), openPostgres()]);
  });
  beforeEach(() => store.clear());
  afterAll(() => Promise.all([store?.close(), other?.close()]));

  /** Every way to use a transaction. */
  const uses = (ports: Pick<typeof store, 'repository' | 'queue' | 'auditLog'>, decision: BuildDecision) => {
    const { audit } = decision;
    return [
      (tx: PostgresTx) => ports.repository.save(tx, [decision]),
      (tx: PostgresTx) => ports.queue.enqueue(tx, decision.messages),
      (tx: PostgresTx) => ports.auditLog.append(tx, audit ? [audit] : []),
    ];
  };

  it.each(['an ok', 'an err', 'a throw'])(
    'is over after %s: using it then is a mistake and writes nothing',
    async (end) => {
      const decision = await given.acceptance(store, await given.project(store));
      const kept: PostgresTx[] = [];
      const ending = store.repository.transaction(async (tx) => {
        kept.push(tx);
        if (end === 'a throw') throw new Error('a mistake');
        return end === 'an ok' ? ok(undefined) : err(undefined);
      });
      await ending.catch(() => {});
      await then.nothingChanges(store, async () => {
        for (const use of uses(store, decision)) {
          for (const tx of kept) await expect(use(tx)).rejects.toThrow('The transaction has ended');
        }
      });
      expect(kept).toHaveLength(1);
      expect(store.pool.idleCount, 'its connection is free again').toBe(store.pool.totalCount);
    },
  );

  it('is refused by ports of another database, which then write nothing', async () => {
    const decision = await given.acceptance(store, await given.project(store));
    await store.repository.transaction(async (tx) => {
      for (const use of uses(other, decision)) await expect(use(tx)).rejects.toThrow('another database');
      return ok(undefined);
    });
    expect((await other.libraryRows()).messages).toEqual([]);
  });

  it('is taken by every port over the same pool, however often it was wrapped', async () => {
    const decision = await given.acceptance(store, await given.project(store));
    const again = postgres(nodePostgres(store.pool));
    await store.repository.transaction(async (tx) => {
      for (const use of uses(again, decision)) await use(tx);
      return ok(undefined);
    });
    const { bindings, messages, audit } = await store.libraryRows();
    expect([bindings.length, messages.length, audit.length]).toEqual([1, 2, 1]);
  });

  it('runs its work again after a deadlock, and keeps nothing of the run that was undone', async () => {
    const decision = await given.acceptance(store, await given.project(store));
    const [message] = decision.messages;
    if (!message) throw new Error('an accepted request sends messages');
    let runs = 0;
    let holding = 0;
    /** Adds two keys, the second once everybody has added their first. */
    const add = (first: string, second: string) =>
      store.repository.transaction(async (tx) => {
        runs += 1;
        await store.queue.enqueue(tx, [{ ...message, key: first }]);
        holding += 1;
        await until(() => holding >= 2);
        await store.queue.enqueue(tx, [{ ...message, key: second }]);
        return ok(undefined);
      });
    await Promise.all([add('a', 'b'), add('b', 'a')]);
    expect(runs, 'one of them ran again').toBeGreaterThan(2);
    const { messages } = await store.libraryRows();
    expect(messages.map((row) => row.key).toSorted()).toEqual(['a', 'b']);
  });
});
