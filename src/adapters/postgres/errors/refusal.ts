import type { Refusal } from '../../../core/build/decision.js';
import { isDatabaseError } from './database-error.js';
import { driverProblem, sqlStateIn, textIn } from './driver-error.js';

/** Whether the server itself refused a statement: it rolled it back, and the connection is still usable. */
export function isRefusal(problem: unknown): boolean {
  if (isDatabaseError(problem)) return problem.statement === 'refused';
  const state = sqlStateOf(problem);
  // Classes 08 and 57P mean that the connection or the server is going away; 25P03 and 25P04 that the transaction took too
  // long for the session; 40003 that the outcome is unknown.
  return state !== null && !/^(08|57P|25P0[34]|40003)/.test(state);
}

/**
 * Prepared statements that are gone or there already, after DISCARD ALL or behind a pooler; a server or a session that is
 * read-only, after a failover or SET; a privilege that the role lacks, which may be one that SET ROLE left behind; a
 * transaction that was left behind, in another isolation or failed.
 */
const ABOUT_SESSION = new Set(['26000', '42P05', '25006', '42501', '25001', '25P02']);

/** Whether the server refused a statement for what the session is or has become. Another session may accept it. */
export function isAboutSession(problem: unknown): boolean {
  const state = sqlStateOf(problem) ?? '';
  // A plan whose columns have changed since it was made: the server refuses it for as long as the session lasts.
  const isStalePlan =
    state === '0A000' && textIn(driverProblem(problem), 'routine') === 'RevalidateCachedQuery';
  return isStalePlan || ABOUT_SESSION.has(state);
}

/**
 * A serialization failure, which a single statement meets only where the default isolation is not READ COMMITTED. One that a
 * function of the host raises is none of the server's.
 */
export function isOfIsolation(problem: unknown): boolean {
  return sqlStateOf(problem) === '40001' && textIn(driverProblem(problem), 'routine') !== 'exec_stmt_raise';
}

/** Classes and codes of refusals that end by themselves, or that are about the session: the same statement may pass later. */
const PASSES = /^(08|25|26|28|3D|40|53|57|58|F0|XX|42P05|55006|55P03)/;

/** A key of the library's own that somebody else has just written: a race, which ends when it is decided again. */
const OWN_KEY = /^(workflow_bindings|workflow_calls|messages|idempotency_answers)_/;

/** Refusals of a text: characters that the encoding lacks, NUL, more characters than the column holds. */
const OF_TEXT = new Set(['22021', '22P05', '22001']);

/** What a failure says of the schema, if the server will refuse the same write again; otherwise `null`. */
export function refusalOf(problem: unknown): Refusal | null {
  if (!isDatabaseError(problem) || problem.statement !== 'refused') return null;
  const { sqlState, cause, message } = problem;
  if (sqlState === null || PASSES.test(sqlState)) return null;
  const constraint = textIn(cause, 'constraint');
  if (sqlState === '23505' && OWN_KEY.test(constraint ?? '')) return null;
  return {
    kind: 'refused',
    isOfText: OF_TEXT.has(sqlState),
    sqlState,
    table: textIn(cause, 'table'),
    constraint,
    column: textIn(cause, 'column'),
    hostFunction: textIn(cause, 'hostFunction'),
    // It is stored, perhaps in an encoding that has no ellipsis.
    message: message.replaceAll('…', '...'),
  };
}

/** Whether nothing of the statement reached the server, because there was no connection. */
export function wasNeverSent(problem: unknown): boolean {
  return isDatabaseError(problem) && problem.statement === 'not_sent';
}

/** The SQLSTATE, even if the error is wrapped; `null` if the server did not answer. */
export function sqlStateOf(problem: unknown): string | null {
  return isDatabaseError(problem) ? problem.sqlState : sqlStateIn(driverProblem(problem));
}
