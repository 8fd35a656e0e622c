import pRetry from 'p-retry';
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

/** Retries a transaction that lost a race inside the server, at most twice. */
export function runAgainAfterRace<T>(run: () => Promise<T>): Promise<T> {
  return pRetry(run, {
    retries: 2,
    minTimeout: 10,
    randomize: true,
    shouldRetry: ({ error }) =>
      isRefusal(error) && (UNDONE_BY_A_RACE.has(sqlStateOf(error) ?? '') || isWorkflowRace(error)),
  });
}

/** In milliseconds. No attempt begins later than this; an attempt that hangs takes its own time on top. */
const MAX_ASKING_MS = 20_000;

/** Retries while the server cannot be reached, for about 6 seconds. For reads that find out what was written. */
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
