import { isError } from '../../../core/input/error-text.js';
import { driverProblem, sqlStateIn } from './driver-error.js';

/** What is wrong with the database, grouped by what a person has to do about it. */
export type DatabaseErrorCode =
  /** The server is down or starting up, or its address is wrong. */
  | 'unreachable'
  /** The connection broke while a statement ran. */
  | 'connection_lost'
  /** No connection of the pool became free in time. */
  | 'pool_exhausted'
  /** The host ended the pool while the library was using it. */
  | 'pool_ended'
  /** No answer came in time, and the connection was closed. */
  | 'connection_hung'
  /** The server cancelled the statement. */
  | 'statement_timeout'
  /** A replica, or a read-only transaction. */
  | 'read_only'
  | 'missing_table'
  | 'missing_column'
  /** An enum type has no label for a status of the mapping. */
  | 'missing_label'
  /** A column has a different type than the statement expects. */
  | 'wrong_type'
  | 'missing_grant'
  /** A key, a check or another constraint of a table. */
  | 'constraint_violated'
  /** A partitioned table of the host, such as its audit log, has no partition for a row. */
  | 'missing_partition'
  /** A text has characters that the encoding lacks, or more than the column holds. */
  | 'text_refused'
  /** A trigger or a function of the host raised an error, or stands in the way. */
  | 'trigger_refused'
  /** A trigger, a rule or row level security dropped a write without an error. */
  | 'write_lost'
  /** The user or the password was refused. */
  | 'login_refused'
  | 'missing_database'
  | 'too_many_connections'
  /** The session of a transaction was reset, or a pooler shares it with others. */
  | 'prepared_statements'
  /** The library's tables were created by a newer version that this one does not know. */
  | 'newer_tables'
  /** The transaction lost a race at each of three attempts. */
  | 'race_lost'
  /** It could not be determined whether a commit succeeded. */
  | 'outcome_unknown'
  | 'other';

/**
 * What happened to the statement: `not_sent`, nothing reached the server; `refused`, the server rolled it back; `unknown`,
 * it may have succeeded all the same.
 */
export type StatementFate = 'not_sent' | 'refused' | 'unknown';

/**
 * The error of every database failure. The message says what is wrong and how to fix it. Neither the message nor the cause
 * contains values, parameters or a password; the cause is the driver's error without them.
 */
export interface DatabaseError extends Error {
  readonly name: 'DatabaseError';
  readonly code: DatabaseErrorCode;
  /** The server's SQLSTATE, such as `42P01`; `null` if it did not answer. */
  readonly sqlState: string | null;
  /** After `not_sent` and `refused`, nothing is written, and a retry is safe. */
  readonly statement: StatementFate;
}

/** Creates a `DatabaseError`. */
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
 * Whether an error is a database failure rather than a mistake of the caller.
 *
 * @example
 * ```ts
 * import { isDatabaseError } from 'wrk-builds/postgres';
 *
 * try {
 *   return await builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' });
 * } catch (problem) {
 *   if (isDatabaseError(problem)) return reply(503, problem.code);
 *   throw problem;
 * }
 * ```
 */
export function isDatabaseError(problem: unknown): problem is DatabaseError {
  return isError(problem) && problem.name === 'DatabaseError' && 'statement' in problem;
}
