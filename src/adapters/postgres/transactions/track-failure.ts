import type { Query, Statement } from '../drivers/database.js';
import { isRefusal, sqlStateOf } from '../errors/refusal.js';

/** The server's answer to every statement in a failed transaction. */
export const FAILED_ALREADY = '25P02';

/** Whether the server refused with this code. */
export const hasCode = (problem: unknown, code: string): boolean =>
  isRefusal(problem) && sqlStateOf(problem) === code;

const LOOK: Statement = { name: 'wrk_builds_look', text: 'select 1' };

/** Runs statements and remembers the failure that aborted the transaction. */
export interface WatchedQuery {
  readonly query: Query;
  /** For a statement in an aborted transaction: throws the original failure. */
  readonly explain: (problem: unknown) => never;
  /**
   * Throws a swallowed failure that still aborts the transaction: the server would silently answer COMMIT with a rollback.
   * A failure that was rolled back to a savepoint does not count.
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
        return explain(problem);
      }
    },
    throwIfFailed: async () => {
      if (failure !== null) await query(LOOK, []).catch(explain);
    },
  };
}
