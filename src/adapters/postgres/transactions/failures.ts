import { retry } from '../../../runtime/retry.js';
import type { Runtime } from '../../../runtime/runtime.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import type { PostgresDatabase, Query } from '../drivers/database.js';
import { classifyError } from '../errors/classify-error.js';
import { driverProblem, textIn } from '../errors/driver-error.js';
import { isRefusal, sqlStateOf } from '../errors/refusal.js';

/** Serialization failure and deadlock: the server rolled everything back, and a retry may succeed. */
const UNDONE_BY_A_RACE = new Set(['40001', '40P01']);

/**
 * Two transactions stored the same workflow at once: the later one hits the unique index, because it could not see the
 * earlier one's row. A retry sees it.
 */
const isWorkflowRace = (problem: unknown) =>
  sqlStateOf(problem) === '23505' &&
  (textIn(driverProblem(problem), 'constraint') ?? '').includes('wrk_workflow_id');

/** Runs a transaction again that lost a race inside the server, at most twice more. */
export function runAgainAfterRace<T>(run: () => Promise<T>, runtime: Runtime = systemRuntime): Promise<T> {
  return retry(runtime, run, {
    maxRetries: 2,
    initialDelayMs: 10,
    shouldRetry: (problem) =>
      isRefusal(problem) && (UNDONE_BY_A_RACE.has(sqlStateOf(problem) ?? '') || isWorkflowRace(problem)),
  });
}

/** No attempt begins later than this: one that hangs takes its own time besides. */
const MAX_ASKING_MS = 20_000;

/** Asks again while the server cannot be reached: for reads whose answer decides what was written. About 6 to 13 seconds. */
export function askUntilReachable<T>(ask: () => Promise<T>, runtime: Runtime = systemRuntime): Promise<T> {
  return retry(runtime, ask, {
    maxRetries: 6,
    initialDelayMs: 100,
    maxMs: MAX_ASKING_MS,
    shouldRetry: (problem) => !isRefusal(problem),
  });
}

/** Wraps a database so that every failure is a `DatabaseError`. Errors of the caller's own work pass through unchanged. */
export function withClassifiedErrors(database: PostgresDatabase): PostgresDatabase {
  const { listen } = database;
  return {
    identity: database.identity,
    query: namingProblems(database.query),
    script: (text) => database.script(text).catch(rename()),
    transaction: async (work) => {
      let thrown: { readonly problem: unknown } | null = null;
      try {
        return await database.transaction(async (query) => {
          try {
            return await work(namingProblems(query));
          } catch (problem) {
            thrown = { problem };
            throw problem;
          }
        });
      } catch (problem) {
        if (isTheirs(thrown, problem)) throw problem;
        throw classifyError(problem);
      }
    },
    ...(listen && {
      listen: (channel, listener) =>
        listen(channel, { ...listener, onProblem: (problem) => listener.onProblem(classifyError(problem)) }),
    }),
  };
}

/** Wraps a query function so that every failure is a `DatabaseError`. */
export function namingProblems(query: Query): Query {
  return (statement, values) => query<never>(statement, values).catch(rename(statement.name));
}

const rename = (statement?: string) => (problem: unknown) => {
  throw classifyError(problem, statement === undefined ? {} : { statement });
};

function isTheirs(thrown: { readonly problem: unknown } | null, problem: unknown): boolean {
  return thrown !== null && thrown.problem === problem;
}
