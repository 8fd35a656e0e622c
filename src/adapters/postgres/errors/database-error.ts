import { driverProblem, sqlStateIn } from './driver-error.js';

/** What is wrong with the database, by what a person has to do about it. */
export type DatabaseErrorCode =
  /** It is down, is starting up, or its address is wrong. */
  | 'unreachable'
  /** The connection broke while a statement ran. */
  | 'connection_lost'
  /** No connection of the pool came free in time. */
  | 'pool_exhausted'
  /** The host ended the pool that the library still uses. */
  | 'pool_ended'
  /** No answer came in time; the connection was given up. */
  | 'connection_hung'
  /** The server cancelled the statement. */
  | 'statement_timeout'
  /** A replica, or a transaction that may not write. */
  | 'read_only'
  | 'missing_table'
  | 'missing_column'
  /** An enum type lacks a status of the mapping. */
  | 'missing_label'
  /** A column is of another type than the statement expects. */
  | 'wrong_type'
  | 'missing_grant'
  /** User or password were refused. */
  | 'login_refused'
  | 'missing_database'
  | 'too_many_connections'
  /** A pooler hands the session to others between two transactions. */
  | 'prepared_statements'
  /** The library's tables were made by a version of it that this one does not know. */
  | 'newer_tables'
  /** Other transactions got in the way at each of three tries. */
  | 'race_lost'
  /** It could not be found out whether a commit came through. */
  | 'outcome_unknown'
  | 'other';

/**
 * What became of the statement: nothing of it reached the server, the server undid all of it, or it may have come
 * through all the same.
 */
export type StatementFate = 'not_sent' | 'refused' | 'unknown';

/**
 * How every failure of the database reaches the caller. The message names the thing and the fix. Neither it nor the
 * cause holds values, parameters or a password; the cause is the driver's error without them.
 */
export interface DatabaseError extends Error {
  readonly name: 'DatabaseError';
  readonly code: DatabaseErrorCode;
  /** The five characters of the server, such as `42P01`; `null` when it did not answer. */
  readonly sqlState: string | null;
  /** With `not_sent` and `refused` nothing is written, and the same may be asked again. */
  readonly statement: StatementFate;
}

/** Makes one. */
export function databaseError(
  code: DatabaseErrorCode,
  message: string,
  { statement, cause }: { readonly statement: StatementFate; readonly cause?: Error },
): DatabaseError {
  return Object.assign(new Error(message, cause && { cause }), {
    name: 'DatabaseError' as const,
    code,
    sqlState: cause ? sqlStateIn(driverProblem(cause)) : null,
    statement,
  });
}

/**
 * Whether the database failed, rather than the caller.
 *
 * @example
 * ```ts
 * try {
 *   return await builds.requestBuild(request);
 * } catch (problem) {
 *   if (isDatabaseError(problem)) return unavailable(problem.code);
 *   throw problem;
 * }
 * ```
 */
export function isDatabaseError(problem: unknown): problem is DatabaseError {
  return problem instanceof Error && problem.name === 'DatabaseError' && 'statement' in problem;
}
