import pRetry from 'p-retry';
import { driverProblem, textIn } from '../errors/driver-error.js';
import { isRefusal, sqlStateOf } from '../errors/refusal.js';

/** Serialization failure and deadlock: the server undid everything, and the same may work next time. */
const UNDONE_BY_A_RACE = new Set(['40001', '40P01']);

/**
 * Two transactions bound the same workflow at once: the later one hits the unique index, since it could not see the
 * earlier one's row. Run again, it sees it.
 */
const isWorkflowRace = (problem: unknown) =>
  sqlStateOf(problem) === '23505' &&
  (textIn(driverProblem(problem), 'constraint') ?? '').includes('wrk_workflow_id');

/** Runs a transaction again that lost a race inside the server, at most twice more. */
export function runAgainAfterRace<T>(run: () => Promise<T>): Promise<T> {
  return pRetry(run, {
    retries: 2,
    minTimeout: 10,
    randomize: true,
    shouldRetry: ({ error }) =>
      isRefusal(error) && (UNDONE_BY_A_RACE.has(sqlStateOf(error) ?? '') || isWorkflowRace(error)),
  });
}

/** No try begins later than this: one that hangs takes its own time besides. */
const MAX_ASKING_MS = 20_000;

/** Asks again while the server cannot be reached: for reads whose answer decides what was written. About 6 seconds. */
export function askUntilReachable<T>(ask: () => Promise<T>): Promise<T> {
  return pRetry(ask, {
    retries: 6,
    minTimeout: 100,
    maxRetryTime: MAX_ASKING_MS,
    factor: 2,
    randomize: true,
    shouldRetry: ({ error }) => !isRefusal(error),
  });
}
