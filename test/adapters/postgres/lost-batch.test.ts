import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import type { BuildDecision } from '../../../src/core/build/decision.js';
import * as given from '../../../src/testing/contracts/support/given.js';
import * as when from '../../../src/testing/contracts/support/when.js';
import { lateAnswerDecision } from '../../../src/testing/decision-builders.js';
import { describeWithPostgres } from '../../support/database.js';
import { useFakeTime } from '../../support/fake-time.js';
import { openCuttableStore } from './support/cuttable-store.js';
import { hookedPool } from './support/hooked-pool.js';

const COMMIT = 'wrk_builds_commit';
const REFUSED = expect.objectContaining({ kind: 'refused', sqlState: '22P02' });

/** The same decision by somebody whose id the database cannot store. */
function byNobody(decision: BuildDecision): BuildDecision {
  return { ...decision, audit: decision.audit && { ...decision.audit, userId: 'nobody' } };
}

describeWithPostgres('a batch of decisions whose connection breaks at the commit', () => {
  let store: Awaited<ReturnType<typeof openCuttableStore>>;
  beforeAll(async () => {
    store = await openCuttableStore();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  const decide = async (...names: readonly string[]) => {
    const decisions: BuildDecision[] = [];
    for (const name of names)
      decisions.push(await given.acceptance(store, await given.project(store, { name })));
    return decisions;
  };

  const expectWritten = async (decisions: readonly (BuildDecision | undefined)[]) => {
    const { bindings, audit } = await store.libraryRows();
    const ids = decisions.map((decision) => decision?.id).toSorted();
    expect(bindings.map((row) => row.decision_id).toSorted()).toEqual(ids);
    expect(audit).toHaveLength(ids.length);
  };

  it.each(['before', 'after'] as const)(
    '%s the server got or did it, has a verdict for each',
    async (moment) => {
      const [a, b, c] = await decide('a', 'b', 'c');
      if (!a || !b || !c) throw new Error('three were decided');
      await store.host.update('projects', `${b.guard.project?.id}`, { name: 'Moved on' });
      store.proxy.cut(COMMIT, moment);
      expect(await store.cuttable.fused.commit([a, b, c])).toEqual(['ok', 'stale', 'ok']);
      await expectWritten([a, c]);
    },
  );

  it('fails only the decision that the database will not take', async () => {
    const [a, b, c] = await decide('a', 'b', 'c');
    if (!a || !b || !c) throw new Error('three were decided');
    store.proxy.cut(COMMIT, 'before');
    expect(await store.cuttable.fused.commit([a, byNobody(b), c])).toEqual(['ok', REFUSED, 'ok']);
    await expectWritten([a, c]);
  });

  it('says nothing unread of those that are committed one by one after a refusal', async () => {
    const [a, b, c] = await decide('a', 'b', 'c');
    if (!a || !b || !c) throw new Error('three were decided');
    let commits = 0;
    const hooked = hookedPool(store.pool, async (name, run) => {
      const rows = await run();
      // The set is refused; then the first on its own commits, and its answer is lost.
      if (name === COMMIT && ++commits === 1) throw new Error('Connection terminated unexpectedly');
      return rows;
    });
    const { fused } = postgres(nodePostgres(hooked));
    expect(await fused.commit([a, byNobody(b), c])).toEqual(['ok', REFUSED, 'ok']);
    expect(commits, 'the lost one and what came after it').toBeGreaterThan(1);
    await expectWritten([a, c]);
  });

  it('sends nothing again of what was sent and settled before anybody could look', async () => {
    const [accepted] = await decide('a');
    if (!accepted) throw new Error('one was decided');
    await store.cuttable.fused.commit([{ ...accepted, messages: [] }]);
    const claimed = await when.claim(store, accepted);
    const late = { ...lateAnswerDecision(claimed), messages: accepted.messages };
    store.proxy.cut('wrk_builds_commit_own_rows', 'after', async () => {
      // As workers do with what they have handled.
      await store.pool.query('delete from wrk_builds.messages');
    });
    expect(await store.cuttable.fused.commit([late])).toEqual(['ok']);
    const { messages, calls } = await store.libraryRows();
    expect(messages).toEqual([]);
    expect(calls).toMatchObject([{ outcome: 'created' }]);
  });

  it('answers what is known when the rest cannot be found out', async () => {
    const [a, b] = await decide('a', 'b');
    if (!a || !b) throw new Error('two were decided');
    const { release } = await store.host.lock('projects', `${b.guard.project?.id}`);
    store.proxy.cut(COMMIT, 'after');
    const useRealTime = useFakeTime({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(useRealTime);
    let over = false;
    const committing = store.cuttable.fused.commit([a, b]).finally(() => {
      over = true;
    });
    // It asks again and again, with longer and longer waits in between.
    while (!over) {
      await vi.advanceTimersByTimeAsync(1_000);
      await setImmediate();
    }
    const verdicts = await committing;
    await release();
    expect(verdicts).toEqual(['ok', expect.any(Error)]);
    await expectWritten([a]);
  });
});
