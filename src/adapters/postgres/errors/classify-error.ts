import { errorName } from '../../../core/input/error-text.js';
import {
  type DatabaseError,
  type DatabaseErrorCode,
  databaseError,
  isDatabaseError,
  type StatementFate,
} from './database-error.js';
import { driverProblem, sqlStateIn, textIn } from './driver-error.js';
import { isRefusal } from './refusal.js';
import { harmlessMessage, LOST_WRITE, missingLabel, sanitizeError } from './sanitize-error.js';

/** What is known about the failed operation. */
export interface Circumstances {
  /** The name of the statement; absent for transaction control, such as COMMIT. */
  readonly statement?: string;
  /** Whether it failed before anything was sent, while opening or waiting for a connection. */
  readonly connecting?: boolean;
}

/** Turns any driver error into a `DatabaseError` with a code and a fix. A `DatabaseError` is returned unchanged. */
export function classifyError(
  problem: unknown,
  { statement, connecting }: Circumstances = {},
): DatabaseError {
  if (isDatabaseError(problem)) return problem;
  const thrown = driverProblem(problem);
  const code = codeOf(thrown, connecting ?? false);
  const during = statement === undefined ? '' : ` in ${statement}`;
  return databaseError(code, sentence(code, `${harmlessMessage(thrown)}${during}`, thrown), {
    statement: fateOf(thrown, code, connecting ?? false),
    cause: sanitizeError(thrown),
  });
}

/** The codes of a single failure; an unknown outcome is the result of several. */
type FailureCode = Exclude<DatabaseErrorCode, 'outcome_unknown'>;

/** The SQLSTATE that `migrate` raises itself, with its own message. */
export const NEWER_TABLES = 'WB001';

const BY_SQLSTATE: Readonly<Record<string, FailureCode>> = {
  '25006': 'read_only',
  '25P03': 'connection_lost',
  '25P04': 'connection_lost',
  '26000': 'prepared_statements',
  '28000': 'login_refused',
  '28P01': 'login_refused',
  '22001': 'text_refused',
  '22021': 'text_refused',
  '22P05': 'text_refused',
  '3D000': 'missing_database',
  '3F000': 'missing_table',
  '40001': 'race_lost',
  '40P01': 'race_lost',
  '42501': 'missing_grant',
  '42703': 'missing_column',
  '42804': 'wrong_type',
  '42883': 'wrong_type',
  '42P01': 'missing_table',
  '42P05': 'prepared_statements',
  '53300': 'too_many_connections',
  '55P03': 'statement_timeout',
  '57014': 'statement_timeout',
  '57P03': 'unreachable',
  '08001': 'unreachable',
  '08004': 'unreachable',
  [NEWER_TABLES]: 'newer_tables',
  [LOST_WRITE]: 'write_lost',
};

/** Classes of what triggers and functions cause. */
const BY_TRIGGER = /^(09|27|2F|38|39|P0)/;

/** Operating system codes after which nothing can have been sent. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/** Messages of node-postgres and its pool that come without a code. */
const BY_MESSAGE: Readonly<Record<string, FailureCode>> = {
  'timeout exceeded when trying to connect': 'pool_exhausted',
  'Cannot use a pool after calling end on the pool': 'pool_ended',
  'Query read timeout': 'connection_hung',
};

function codeOf(thrown: unknown, connecting: boolean): FailureCode {
  const state = sqlStateIn(thrown);
  if (state !== null) {
    if (missingLabel(thrown) !== null) return 'missing_label';
    const known = BY_SQLSTATE[state];
    if (known !== undefined) return known;
    if (state === '23514' && textIn(thrown, 'routine') === 'ExecFindPartition') return 'missing_partition';
    if (state.startsWith('23')) return 'constraint_violated';
    if (BY_TRIGGER.test(state) || textIn(thrown, 'routine') === 'exec_stmt_raise') return 'trigger_refused';
    if (!/^(08|57P)/.test(state)) return 'other';
    return connecting ? 'unreachable' : 'connection_lost';
  }
  // A programming error, not a database failure.
  if (['TypeError', 'RangeError'].includes(errorName(thrown) ?? '')) return 'other';
  const known = BY_MESSAGE[textIn(thrown, 'message') ?? ''];
  if (known !== undefined) return known;
  return connecting || NEVER_CONNECTED.has(textIn(thrown, 'code') ?? '') ? 'unreachable' : 'connection_lost';
}

function fateOf(thrown: unknown, code: FailureCode, connecting: boolean): StatementFate {
  if (connecting || NOT_SENT.has(code)) return 'not_sent';
  return isRefusal(thrown) ? 'refused' : 'unknown';
}

const NOT_SENT: ReadonlySet<FailureCode> = new Set([
  'unreachable',
  'pool_exhausted',
  'pool_ended',
  'login_refused',
  'missing_database',
  'too_many_connections',
]);

function sentence(code: FailureCode, what: string, thrown: unknown): string {
  switch (code) {
    case 'unreachable':
      return `The database cannot be reached (${what}): start it, or correct the address that the pool connects to.`;
    case 'connection_lost':
      return `The connection to the database was lost (${what}): try again. Workers recover by themselves.`;
    case 'pool_exhausted':
      return `No connection of the pool became free in time (${what}): raise its \`max\`, or find what holds its connections.`;
    case 'pool_ended':
      return `The pool was ended while the library was using it (${what}): stop the workers first, and end the pool last.`;
    case 'connection_hung':
      return `The database did not answer in time (${what}), and the connection was closed: check pg_stat_activity for locks and slow statements, and check the network.`;
    case 'statement_timeout':
      return `The server cancelled a statement (${what}): check pg_stat_activity for the session that holds its rows, or raise statement_timeout or lock_timeout for the library's role.`;
    case 'read_only':
      return `The database is read-only (${what}): connect to the primary instead of a replica, and check default_transaction_read_only.`;
    case 'missing_table':
      return `A table or schema is missing (${what}): run migrate for the library's own tables, or correct the name in the host mapping.`;
    case 'missing_column':
      return `A column is missing (${what}): run migrate for the library's own tables, or correct the name in the host mapping.`;
    case 'missing_label':
      return missingLabelSentence(thrown, what);
    case 'wrong_type':
      return `A column has a different type than the mapping says (${what}): correct the mapping, or change the column's type.`;
    case 'missing_grant':
      return `The library's role lacks a privilege (${what}): grant it to the role that the pool logs in with.`;
    case 'constraint_violated':
      return `A constraint refused a row (${what}): change the constraint, or the rows that it compares with.`;
    case 'missing_partition':
      return `A partitioned table has no partition for a row (${what}): create the partition, or a default partition that takes what no other one does.`;
    case 'text_refused':
      return `A text has no place in the database (${what}): use a database with the encoding UTF8, and columns that are long enough.`;
    case 'trigger_refused':
      return `A trigger or function refused a write (${what}): change it so that it lets the library's writes through.`;
    case 'write_lost':
      return `A write was dropped without an error (${what}): find the trigger, rule or row level security policy of the table that drops it.`;
    case 'login_refused':
      return `The database refused the login (${what}): correct the pool's user and password, or pg_hba.conf.`;
    case 'missing_database':
      return `The database does not exist (${what}): create it, or correct the name that the pool connects to.`;
    case 'too_many_connections':
      return `The server has no connections left (${what}): lower the \`max\` of the pools, raise max_connections, or use a pooler.`;
    case 'prepared_statements':
      return `The session has other prepared statements than its client knows, after DISCARD ALL or behind a pooler in transaction mode (${what}): roll the transaction back, and begin it again on another connection.`;
    case 'newer_tables':
      return textIn(thrown, 'message') ?? what;
    case 'race_lost':
      return `The transaction lost a race to other transactions at every attempt (${what}): try again.`;
    case 'other':
      return `The database refused a statement (${what}).`;
  }
}

function missingLabelSentence(thrown: unknown, what: string): string {
  const { type, label } = missingLabel(thrown) ?? {};
  return `The enum type ${type} has no label "${label}" (${what}): map the status to an existing label, or add this one to the type.`;
}
