import type { DatabaseError } from '../../errors/database-error.js';
import { textIn } from '../../errors/driver-error.js';
import { LOST_WRITE } from '../../errors/sanitize-error.js';
import type { CompleteMapping } from '../../mapping/host-mapping.js';
import { openPolicy } from '../compare-row-security.js';
import type { LiveSchema } from '../live-schema.js';
import type { WrittenValues } from '../written-values.js';
import type { Suspects } from './suspects.js';

/** What a refusal is explained with. */
export interface RefusalContext {
  readonly live: LiveSchema;
  readonly suspects: Suspects;
  /** What the library writes, by the tables as they are in the database: `public.tasks`. */
  readonly valuesOf: (table: string) => readonly WrittenValues[];
  /** The host's tables that are written. */
  readonly written: readonly string[];
  readonly mapping: CompleteMapping;
}

/** Names what refused, and what to do about it. `during` is what was refused: `a request and a retry`. */
export function explainRefusal(error: DatabaseError, during: string, context: RefusalContext): string {
  const { cause, sqlState } = error;
  const { suspects, live } = context;
  const read = (name: string) => textIn(cause, name);
  const message = read('message') ?? '';
  const named = read('table');
  const table = named === null || read('schema') === null ? named : `${read('schema')}.${named}`;
  const hostFunction = read('hostFunction');
  if (hostFunction !== null) return ofFunction(hostFunction, { sqlState, message, during }, context);
  const constraint = read('constraint');
  const known = suspects.constraints.find((each) => each.name === constraint && each.table === table);
  switch (sqlState) {
    case LOST_WRITE:
      return `${table} does not take ${during}, and reports no error: ${dropping(named ?? '', 'onUpdate', context)}.`;
    case '27000':
      return `A trigger changes a row that ${during} is about to write (${message}): ${beforeTriggers(context.written, 'onUpdate', context) || 'find it, and'} do that in an AFTER trigger.`;
    case '23502':
      return `${table}.${read('column')} is NOT NULL, and ${during} leaves it out: give it a default, or let it be null.`;
    case '42501':
      return ofPrivilege(message, during, live);
  }
  if (constraint !== null && known) {
    const [kind, fix] = CONSTRAINTS[sqlState ?? ''] ?? ['constraint', 'let it take that'];
    const wrote = table === null ? '' : valuesIn(table, known.columns, context);
    const where = table ?? `the domain ${read('schema')}.${read('dataType')}`;
    return `The ${kind} ${constraint} of ${where}, ${known.definition}, refuses ${during}${wrote}: ${fix}, or name another column in the mapping.`;
  }
  if (message.startsWith('no partition of relation')) {
    return `${table} has no partition for a row that ${during} writes: create it, and those to come ahead of their time.`;
  }
  return `The database refuses ${during} (${message}): change what refuses it, or the mapping.`;
}

const CONSTRAINTS: Readonly<Record<string, readonly [kind: string, fix: string]>> = {
  '23503': ['foreign key', 'let it reference the rows whose ids are written'],
  '23505': ['unique index', 'let it take more than one such row'],
  '23514': ['check', 'let it take that'],
  '23P01': ['exclusion constraint', 'let it take more than one such row'],
};

function ofFunction(
  name: string,
  {
    sqlState,
    message,
    during,
  }: { readonly sqlState: string | null; readonly message: string; readonly during: string },
  { suspects, live }: RefusalContext,
): string {
  const triggers = suspects.triggers.filter((trigger) => trigger.function === name);
  const list = triggers.map((trigger) => `${trigger.name} of ${trigger.table}`).join(', ');
  const who = list === '' ? `The function ${name}` : `The trigger ${list} (function ${name})`;
  if (sqlState === '42501') {
    return `${who} needs a privilege that the role ${live.role} lacks, so that ${during} cannot be written (${message}): grant it to the role, or declare the function \`security definer\`.`;
  }
  return `${who} refuses ${during} (${message}): change it so that it lets the library's writes through.`;
}

function ofPrivilege(message: string, during: string, live: LiveSchema): string {
  const name = /row-level security policy.* for table "([^"]+)"/.exec(message)?.[1];
  const table = live.tables.find((each) => each.table === name);
  if (!table) return `The role ${live.role} lacks a privilege for ${during} (${message}): grant it.`;
  return `Row-level security of ${table.schema}.${table.table} refuses ${during} (${message}): ${openPolicy(table, live.role)}.`;
}

/** What may have dropped a write of a table. */
export function dropping(table: string, event: 'onInsert' | 'onUpdate', context: RefusalContext): string {
  const triggers = beforeTriggers([table], event, context);
  return triggers === ''
    ? 'find the rule or the policy that drops it'
    : `${triggers} return the row, and not null`;
}

/** The triggers that come before a write, as the subject of what they should do; empty if there is none. */
function beforeTriggers(
  tables: readonly string[],
  event: 'onInsert' | 'onUpdate',
  { suspects }: RefusalContext,
): string {
  const names = suspects.triggers
    .filter((trigger) => trigger.isBefore && trigger[event] && tables.includes(trigger.table))
    .map(({ name, table }) => `${name} of ${table}`);
  return names.length === 0 ? '' : `let the trigger ${names.join(' or ')}`;
}

/** What was written to the columns of a constraint, as far as it is known. */
function valuesIn(table: string, columns: readonly string[], { valuesOf }: RefusalContext): string {
  const wrote = valuesOf(table)
    .filter(({ column }) => columns.includes(column))
    .map(({ column, values }) => `${column} ${values.map((value) => `'${value}'`).join(' or ')}`);
  return wrote.length === 0 ? '' : `, which writes ${wrote.join(' and ')}`;
}
