import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type PostgresDatabase, postgres } from '../../src/adapters/postgres/index.js';
import { useFakeTime } from '../support/fake-time.js';
import { buildsOver } from './support.js';

const MAX_PER_SECOND = 2;

/** A database that is empty and stays so, and the statements that it was asked, with those that frame transactions. */
function emptyDatabase() {
  const asked: string[] = [];
  const query = async ({ name }: { readonly name: string }) => {
    asked.push(name);
    return [];
  };
  const database: PostgresDatabase = {
    identity: {},
    query,
    script: async () => {},
    transaction: async (work) => {
      asked.push('begin');
      const result = await work(query);
      asked.push('commit');
      return result;
    },
  };
  return { database, asked };
}

describe('an idle process', () => {
  let useRealTime: () => void;
  beforeEach(() => {
    useRealTime = useFakeTime();
  });
  afterEach(() => useRealTime());

  it.each([0, 0.5, 0.999])(
    'sends less than two statements a second with the defaults, sweeps included, whatever chance says (%d)',
    async (chance) => {
      vi.spyOn(Math, 'random').mockReturnValue(chance);
      const { database, asked } = emptyDatabase();
      const workers = buildsOver(postgres(database)).builds.startWorkers();
      // Each queue is looked at once at the start; what is counted is what an idle process goes on to cost.
      await vi.advanceTimersByTimeAsync(0);
      asked.length = 0;
      const minutes = 60;
      await vi.advanceTimersByTimeAsync(minutes * 60_000);
      const inAll = asked.length;
      await workers.stop();
      vi.restoreAllMocks();
      expect(inAll).toBeLessThan(MAX_PER_SECOND * minutes * 60);
      expect(new Set(asked)).toEqual(
        new Set([
          'wrk_builds_claim_due_builds',
          'wrk_builds_claim_messages',
          'begin',
          'wrk_builds_find_stranded',
          'commit',
          'wrk_builds_purge_dead_letters',
          'wrk_builds_purge_answers',
          'wrk_builds_purge_delivery_records',
        ]),
      );
    },
  );
});
