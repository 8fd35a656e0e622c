import { isDatabaseError } from './database-error.js';
import { driverProblem, sqlStateIn } from './driver-error.js';

/** Whether the server itself refused a statement: it undid all of it, and the connection lives on. */
export function isRefusal(problem: unknown): boolean {
  if (isDatabaseError(problem)) return problem.statement === 'refused';
  const state = sqlStateOf(problem);
  // Classes 08 and 57P mean that the connection or the server is going away; after 40003 the server cannot tell either.
  return state !== null && !/^(08|57P|40003)/.test(state);
}

/** Whether nothing of the statement reached the server: no connection was to be had. */
export function wasNeverSent(problem: unknown): boolean {
  return isDatabaseError(problem) && problem.statement === 'not_sent';
}

/** The server's own code, whoever wrapped its error; `null` when the server did not answer. */
export function sqlStateOf(problem: unknown): string | null {
  return isDatabaseError(problem) ? problem.sqlState : sqlStateIn(driverProblem(problem));
}
