import { sqlStateIn, textIn } from './driver-error.js';

/** What the server says besides its message that names things and never holds values. */
const NAMES = ['severity', 'schema', 'table', 'column', 'dataType', 'constraint', 'routine', 'syscall'];

/** Classes of SQLSTATE whose messages name tables, columns, roles and constraints, and quote no values. */
const QUOTES_NO_VALUES = /^(08|0A|23|25|26|28|3D|3F|40|42|53|54|55|57|58)/;

/** Longer than any message of a server or a driver has to be. */
const LONGEST = 300;

/**
 * A copy of a driver's error without anything that may hold values: `detail`, `where`, `hint`, the query and its
 * parameters are left behind, since whoever logs an error logs its cause as well.
 */
export function sanitizeError(problem: unknown): Error {
  const copy = new Error(harmlessMessage(problem));
  const stack = problem instanceof Error ? framesOf(problem) : '';
  const code = textIn(problem, 'code');
  const named = NAMES.flatMap((name) => {
    const value = textIn(problem, name);
    return value === null ? [] : [[name, value] as const];
  });
  return Object.assign(copy, Object.fromEntries(named), {
    name: textIn(problem, 'name') ?? 'Error',
    ...(code === null ? {} : { code }),
    stack: `${copy.message}${stack}`,
  });
}

/** What an error says, without the values that it quotes. */
export function harmlessMessage(problem: unknown): string {
  const message = (textIn(problem, 'message') || firstOf(problem)).slice(0, LONGEST);
  const state = sqlStateIn(problem);
  if (state === null) return message || (textIn(problem, 'code') ?? 'no message');
  // `raise` in a function of the host says whatever its author wanted.
  if (textIn(problem, 'routine') === 'exec_stmt_raise') return `a function of the host raised ${state}`;
  if (missingLabel(problem) !== null || QUOTES_NO_VALUES.test(state)) return message;
  if (state.startsWith('22')) return message.replace(/".*"/s, '"…"');
  return `the server said ${state}`;
}

/** The enum type and the label that it lacks. A label is a name of the mapping: no enum holds what people write. */
export function missingLabel(problem: unknown): { readonly type: string; readonly label: string } | null {
  if (sqlStateIn(problem) !== '22P02' || textIn(problem, 'routine') !== 'enum_in') return null;
  const [, type, label] = /enum (\S+): "([^"]{1,63})"$/.exec(textIn(problem, 'message') ?? '') ?? [];
  return type !== undefined && label !== undefined ? { type, label } : null;
}

/** Node tries every address of a name, and puts what went wrong with each into one error without a message. */
function firstOf(problem: unknown): string {
  return problem instanceof AggregateError ? (textIn(problem.errors[0], 'message') ?? '') : '';
}

/** The lines that say where; the lines before them repeat the message. */
function framesOf({ stack = '' }: Error): string {
  const start = stack.search(/\n\s+at /);
  return start < 0 ? '' : stack.slice(start);
}
