import { isError } from '../../../core/input/error-text.js';
import { sqlStateIn, textIn } from './driver-error.js';

/** Fields of a server error that contain names and never values. */
const NAMES = ['severity', 'schema', 'table', 'column', 'dataType', 'constraint', 'routine', 'syscall'];

/** SQLSTATE classes whose messages name tables, columns, roles and constraints, but never quote values. */
const QUOTES_NO_VALUES = /^(08|0A|23|25|26|28|3D|3F|40|42|53|54|55|57|58)/;

/** In characters. Longer than any message of a server or a driver needs to be. */
const LONGEST = 300;

/**
 * Copies a driver's error without anything that may contain values: `detail`, `where`, `hint`, the query and its
 * parameters are dropped, because logging an error also logs its cause.
 */
export function sanitizeError(problem: unknown): Error {
  const copy = new Error(harmlessMessage(problem));
  const stack = isError(problem) ? framesOf(problem) : '';
  const code = textIn(problem, 'code');
  const named = NAMES.flatMap((name) => {
    const value = textIn(problem, name);
    return value === null ? [] : [[name, value] as const];
  });
  const hostFunction = hostFunctionIn(problem);
  return Object.assign(copy, Object.fromEntries(named), {
    name: textIn(problem, 'name') ?? 'Error',
    ...(code === null ? {} : { code }),
    ...(hostFunction === null ? {} : { hostFunction }),
    stack: `${copy.message}${stack}`,
  });
}

/** The message of an error, without the values that it quotes. */
export function harmlessMessage(problem: unknown): string {
  const message = (textIn(problem, 'message') || firstOf(problem)).slice(0, LONGEST);
  const state = sqlStateIn(problem);
  if (state === null) return message || (textIn(problem, 'code') ?? 'no message');
  if (state === LOST_WRITE) return message;
  // `raise` in a function of the host may contain anything.
  if (textIn(problem, 'routine') === 'exec_stmt_raise') {
    return `${hostFunctionIn(problem) ?? 'a function of the host'} raised ${state}`;
  }
  if (missingLabel(problem) !== null || QUOTES_NO_VALUES.test(state)) return message;
  if (state.startsWith('22')) return message.replace(/".*"/s, '"…"');
  return `the server returned ${state}`;
}

/** The SQLSTATE that the library's own function raises where a table did not take a row. */
export const LOST_WRITE = 'WB002';

/**
 * The name of the function that failed, which is the first that the context names; what it did, which may contain values, is
 * left out.
 */
function hostFunctionIn(problem: unknown): string | null {
  if (sqlStateIn(problem) === LOST_WRITE) return null;
  const context = textIn(problem, 'where') ?? '';
  return /^PL\/\w+ function ([\w.$"]{1,200}\([^()\n]{0,200}\))/m.exec(context)?.[1] ?? null;
}

/** The enum type and the missing label. A label comes from the mapping and is never text that people wrote. */
export function missingLabel(problem: unknown): { readonly type: string; readonly label: string } | null {
  if (sqlStateIn(problem) !== '22P02' || textIn(problem, 'routine') !== 'enum_in') return null;
  const [, type, label] = /enum (\S+): "([^"]{1,63})"$/.exec(textIn(problem, 'message') ?? '') ?? [];
  return type !== undefined && label !== undefined ? { type, label } : null;
}

/** Node tries every address of a host name and combines the failures into one error without a message. */
function firstOf(problem: unknown): string {
  const errors: unknown = Reflect.get(Object(problem), 'errors');
  return Array.isArray(errors) ? (textIn(errors[0], 'message') ?? '') : '';
}

/** The stack frames, without the message that precedes them. A host's `Error.prepareStackTrace` may make anything of them. */
function framesOf(problem: Error): string {
  const stack = textIn(problem, 'stack') ?? '';
  const start = stack.search(/\n\s+at /);
  return start < 0 ? '' : stack.slice(start);
}
