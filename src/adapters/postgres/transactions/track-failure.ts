import type { Query, Statement } from '../drivers/database.js';
import { isRefusal, sqlStateOf } from '../errors/refusal.js';

/** What the server says to everything in a transaction that has failed. */
export const FAILED_ALREADY = '25P02';

/** Whether the server refused with this code. */
export const hasCode = (problem: unknown, code: string): boolean =>
  isRefusal(problem) && sqlStateOf(problem) === code;

const LOOK: Statement = { name: 'wrk_builds_look', text: 'select 1' };

/** Runs statements, and keeps the failure after which the server runs nothing more. */
export interface WatchedQuery {
  readonly query: Query;
  /** For a statement that came upon the failed transaction: throws what made it fail. */
  readonly explain: (problem: unknown) => never;
  /**
   * Throws a failure that was kept quiet and that the transaction still suffers from: the server would answer COMMIT with
   * a rollback, and say nothing. One that a savepoint has undone is over.
   */
  readonly throwIfFailed: () => Promise<void>;
}

/** Watches the statements of one transaction. */
export function trackFailure(query: Query): WatchedQuery {
  let failure: unknown = null;
  const explain = (problem: unknown): never => {
    throw hasCode(problem, FAILED_ALREADY) ? (failure ?? problem) : problem;
  };
  return {
    explain,
    query: async (statement, values) => {
      try {
        return await query(statement, values);
      } catch (problem) {
        if (!hasCode(problem, FAILED_ALREADY)) failure = problem;
        throw problem;
      }
    },
    throwIfFailed: async () => {
      if (failure !== null) await query(LOOK, []).catch(explain);
    },
  };
}
