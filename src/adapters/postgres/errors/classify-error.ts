import {
  type DatabaseError,
  type DatabaseErrorCode,
  databaseError,
  isDatabaseError,
  type StatementFate,
} from './database-error.js';
import { driverProblem, sqlStateIn, textIn } from './driver-error.js';
import { isRefusal } from './refusal.js';
import { harmlessMessage, missingLabel, sanitizeError } from './sanitize-error.js';

/** What is known about the moment at which something failed. */
export interface Circumstances {
  /** The name of the statement; absent for the transaction's own, such as COMMIT. */
  readonly statement?: string;
  /** Whether it failed before anything was sent, while a connection was made or waited for. */
  readonly connecting?: boolean;
}

/** Turns whatever a driver threw into an error with a name and a fix. One that has them already stays as it is. */
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

/** What one failure can be called; an unknown outcome is what several of them come to. */
type FailureCode = Exclude<DatabaseErrorCode, 'outcome_unknown'>;

/** What `migrate` raises itself, with a message of its own. */
export const NEWER_TABLES = 'WB001';

const BY_SQLSTATE: Readonly<Record<string, FailureCode>> = {
  '25006': 'read_only',
  '26000': 'prepared_statements',
  '28000': 'login_refused',
  '28P01': 'login_refused',
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
  '57014': 'statement_timeout',
  '57P03': 'unreachable',
  '08001': 'unreachable',
  '08004': 'unreachable',
  [NEWER_TABLES]: 'newer_tables',
};

/** Codes of the operating system after which surely nothing was sent. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/** What node-postgres and its pool say without any code. */
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
    if (!/^(08|57P)/.test(state)) return 'other';
    return connecting ? 'unreachable' : 'connection_lost';
  }
  // A mistake in a program, and no failure of a database.
  if (thrown instanceof TypeError || thrown instanceof RangeError) return 'other';
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
      return `The connection to the database was lost (${what}): ask again; workers go on by themselves.`;
    case 'pool_exhausted':
      return `No connection of the pool came free in time (${what}): raise its \`max\`, or find what keeps its connections.`;
    case 'pool_ended':
      return `The pool was ended while the library uses it (${what}): stop the workers first, and end the pool last.`;
    case 'connection_hung':
      return `The database did not answer in time (${what}), and the connection was given up: look for locks and slow statements in pg_stat_activity, and at the network.`;
    case 'statement_timeout':
      return `The server cancelled a statement (${what}): look for whoever holds its rows in pg_stat_activity, or raise statement_timeout for the library's role.`;
    case 'read_only':
      return `The database takes no writes here (${what}): connect to the primary and not to a replica, and look at default_transaction_read_only.`;
    case 'missing_table':
      return `A table or schema is missing (${what}): run migrate for the library's own tables, or map the table to the one that the host has.`;
    case 'missing_column':
      return `A column is missing (${what}): run migrate for the library's own tables, or map the column to the one that the host has.`;
    case 'missing_label':
      return missingLabelSentence(thrown, what);
    case 'wrong_type':
      return `A column is of another type than the mapping says (${what}): map it, or change its type.`;
    case 'missing_grant':
      return `The role of the library lacks a privilege (${what}): grant it to the role that the pool logs in with.`;
    case 'login_refused':
      return `The database refused the login (${what}): correct user and password of the pool, or pg_hba.conf.`;
    case 'missing_database':
      return `The database does not exist (${what}): create it, or correct the name that the pool connects to.`;
    case 'too_many_connections':
      return `The server has no connection left (${what}): lower the \`max\` of the pools, raise max_connections, or put a pooler in between.`;
    case 'prepared_statements':
      return `A pooler shares sessions between transactions (${what}): pass \`prepare: false\` and \`listen: false\` to nodePostgres.`;
    case 'newer_tables':
      return textIn(thrown, 'message') ?? what;
    case 'race_lost':
      return `Other transactions got in the way each time (${what}): ask again.`;
    case 'other':
      return `The database refused a statement (${what}).`;
  }
}

function missingLabelSentence(thrown: unknown, what: string): string {
  const { type, label } = missingLabel(thrown) ?? {};
  return `The enum type ${type} has no label "${label}" (${what}): map the status to a label that it has, or add this one to the type.`;
}
