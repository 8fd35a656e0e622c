import { describe, expect, it } from 'vitest';
import { removeOldRows } from '../../src/handlers/remove-old-rows.js';
import type { Purge } from '../../src/ports/purge.js';

const RETENTION = { deadLettersMs: 1, deliveryRecordsMs: 2, idempotencyAnswersMs: 3 };

/** A store with so many old rows of each kind, which counts what is asked of it. */
function openStore(rows: { dead: number; answers: number; deliveries: number }) {
  const asked: unknown[] = [];
  const take = (kind: keyof typeof rows, limit: number) => {
    const count = Math.min(rows[kind], limit);
    rows[kind] -= count;
    return count;
  };
  const purgeOf = (kind: keyof typeof rows) => async (options: { olderThanMs: number; limit: number }) => {
    asked.push({ kind, ...options });
    return take(kind, options.limit);
  };
  const purge: Purge = {
    deadLetters: purgeOf('dead'),
    idempotencyAnswers: purgeOf('answers'),
    deliveryRecords: purgeOf('deliveries'),
  };
  return { purge, asked };
}

describe('old rows', () => {
  it.each([
    { dead: 2_500, answers: 0, deliveries: 1 },
    { dead: 0, answers: 3_000, deliveries: 0 },
    { dead: 1, answers: 1, deliveries: 1_000 },
  ])('are removed in batches until none is left: %j', async (rows) => {
    const store = openStore({ ...rows });
    const removed = await removeOldRows(store.purge, RETENTION);
    const { dead: deadLetters, answers: idempotencyAnswers, deliveries } = rows;
    expect(removed).toEqual({ deadLetters, deliveries, idempotencyAnswers });
  });

  it('are asked for by the times of the host, a thousand at most, and once where there are few', async () => {
    const store = openStore({ dead: 999, answers: 0, deliveries: 0 });
    await removeOldRows(store.purge, RETENTION);
    expect(store.asked).toEqual([
      { kind: 'dead', olderThanMs: 1, limit: 1_000 },
      { kind: 'answers', olderThanMs: 3, limit: 1_000 },
      { kind: 'deliveries', olderThanMs: 2, limit: 1_000 },
    ]);
  });

  it('are left for the next sweep when the process stops', async () => {
    const stopping = new AbortController();
    const store = openStore({ dead: 5_000, answers: 0, deliveries: 0 });
    const removing = removeOldRows(store.purge, RETENTION, stopping.signal);
    stopping.abort();
    expect(await removing).toMatchObject({ deadLetters: 1_000 });
  });
});
