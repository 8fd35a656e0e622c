import { isDatabaseError } from './database-error.js';
import { driverProblem, sqlStateIn } from './driver-error.js';

/** Whether the server itself refused a statement: it rolled it back, and the connection is still usable. */
export function isRefusal(problem: unknown): boolean {
  if (isDatabaseError(problem)) return problem.statement === 'refused';
  const state = sqlStateOf(problem);
  // Classes 08 and 57P mean that the connection or the server is going away; 40003 means that the outcome is unknown.
  return state !== null && !/^(08|57P|40003)/.test(state);
}

/** Whether nothing of the statement reached the server, because there was no connection. */
export function wasNeverSent(problem: unknown): boolean {
  return isDatabaseError(problem) && problem.statement === 'not_sent';
}

/** The SQLSTATE, even if the error is wrapped; `null` if the server did not answer. */
export function sqlStateOf(problem: unknown): string | null {
  return isDatabaseError(problem) ? problem.sqlState : sqlStateIn(driverProblem(problem));
}
