import { quoted } from '../sql/quoting.js';
import { columnMismatches } from './compare-column.js';
import { conditionMismatches, constantMismatches } from './compare-constants.js';
import { grantMismatches } from './compare-grants.js';
import { conflictMismatches, indexAdvice, uniqueMismatches } from './compare-indexes.js';
import { labelMismatches } from './compare-labels.js';
import { rowSecurityAdvice, rowSecurityMismatches } from './compare-row-security.js';
import {
  digitMismatches,
  nullMismatches,
  valueAdvice,
  valueMismatches,
  writtenColumnMismatches,
} from './compare-written-column.js';
import type { HostValues } from './host-values.js';
import type { LiveColumn, LiveTable } from './live-schema.js';
import type { TableNeed } from './needs.js';

/** What a table is compared with besides its need. */
interface Comparison {
  readonly role: string;
  readonly ids: 'uuid' | 'text';
  readonly values: HostValues;
}

/** The mismatches of one table, each with its fix. */
export function tableMismatches(
  need: TableNeed,
  table: LiveTable | undefined,
  { role, ids, values }: Comparison,
): readonly string[] {
  const name = `${need.schema}.${need.table}`;
  if (!table) {
    return [
      need.mappedBy === null
        ? `There is no table ${name}: run \`migrate\`, or what \`migrationSql\` prints.`
        : `There is no table ${name}: name the host's table in \`${need.mappedBy}.table\`, and its schema in \`schema\`.`,
    ];
  }
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  if (need.locks && !mayLock(table)) {
    return [
      `${name} is ${KINDS[table.kind] ?? 'not a table'}, and the library has to lock its rows: name the underlying table in \`${need.mappedBy}.table\`${table.kind === 'v' ? ', or add its `xmin` to the columns of the view' : ''}.`,
    ];
  }
  const missing = need.columns.flatMap(({ column, mappedBy }) =>
    columns.has(column)
      ? []
      : [
          need.mappedBy === null
            ? `${name} has no column ${column}: run \`migrate\`, or what \`migrationSql\` prints.`
            : `${name} has no column ${column}: name the host's column in \`${mappedBy}\`.`,
        ],
  );
  const wrong = need.columns.flatMap((each) => {
    const column = columns.get(each.column);
    return column ? columnMismatches(each, column, table, ids) : [];
  });
  return [
    ...new Set([...missing, ...wrong, ...unwritable(need, table)]),
    ...valuesThatDoNotFit(need, table, values),
    ...uniqueMismatches(need, table),
    ...(need.mappedBy === 'tasks' ? conflictMismatches(need, table, values.checklist) : []),
    ...required(need, table),
    ...rules(need, table),
    ...rowSecurityMismatches(need, table, role),
    ...grantMismatches(need, table, role),
  ];
}

/** What may be better in one table, each with how. */
export function tableAdvice(
  need: TableNeed,
  table: LiveTable,
  { role, values }: Pick<Comparison, 'role' | 'values'>,
): readonly string[] {
  return [
    ...values.written.flatMap((each) => {
      const column = each.table === need.mappedBy && columnOf(table, each.column);
      return column ? valueAdvice(column, table, each) : [];
    }),
    ...indexAdvice(need, table),
    ...rowSecurityAdvice(need, table, role),
  ];
}

const KINDS: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
};

/** The rows of a view can be locked, and written too; what a row's version is has to be one of its columns. */
function mayLock({ kind, columns }: LiveTable): boolean {
  return ['r', 'p'].includes(kind) || (kind === 'v' && columns.some(({ name }) => name === 'xmin'));
}

const columnOf = (table: LiveTable, name: string) => table.columns.find((column) => column.name === name);

/** The columns that an insert or an update writes; those of quotes are only locked. */
function writtenColumns(need: TableNeed): readonly string[] {
  if (need.mappedBy === null || need.insert === 'all' || need.update === 'all') return [];
  return [...new Set([...need.insert, ...(need.mappedBy === 'quotes' ? [] : need.update)])];
}

function unwritable(need: TableNeed, table: LiveTable): readonly string[] {
  return writtenColumns(need).flatMap((name) => {
    const column = columnOf(table, name);
    const mappedBy = need.columns.find((each) => each.column === name)?.mappedBy ?? `${need.mappedBy}`;
    return column ? writtenColumnMismatches(column, table, mappedBy) : [];
  });
}

function valuesThatDoNotFit(
  need: TableNeed,
  table: LiveTable,
  { written, labels, constants, nulls, nullable, progress }: HostValues,
): readonly string[] {
  const ofTable = <Each extends { readonly table: string; readonly column: string }>(
    all: readonly Each[],
    compare: (column: LiveColumn, each: Each) => readonly string[],
  ) =>
    all.flatMap((each) => {
      const column = each.table === need.mappedBy && columnOf(table, each.column);
      return column ? compare(column, each) : [];
    });
  return [
    ...ofTable(written, (column, each) => valueMismatches(column, table, each)),
    ...ofTable(labels, (column, each) => labelMismatches(column, table, each)),
    ...ofTable(constants, (column, each) => constantMismatches(column, table, each)),
    ...ofTable(nulls, (column, each) => conditionMismatches(column, table, each)),
    ...ofTable(nullable, (column, each) => nullMismatches(column, table, each)),
    ...ofTable([progress], (column) => digitMismatches(column, table)),
  ];
}

/** Required columns that the mapping does not name, which an insert would leave out. */
function required(need: TableNeed, table: LiveTable): readonly string[] {
  const { insert } = need;
  if (insert === 'all' || insert.length === 0) return [];
  const named = need.mappedBy === 'tasks' ? ', or name it in `tasks.also`' : '';
  return table.columns
    .filter((column) => column.required && !insert.includes(column.name))
    .map(
      ({ name }) =>
        `${need.schema}.${need.table}.${name} is NOT NULL without a default, and the library does not write it: give it a default${named}.`,
    );
}

/** Postgres has no such rules in a statement that writes several tables. */
function rules(need: TableNeed, table: LiveTable): readonly string[] {
  const writes = (event: string) =>
    event === 'insert' ? need.insert.length > 0 : need.mappedBy !== 'quotes' && need.update.length > 0;
  return table.rules
    .filter(({ event }) => writes(event))
    .map(
      ({ name, event }) =>
        `The rule ${name} of ${need.schema}.${need.table} changes what an ${event} does, which Postgres refuses in the library's statements: do the same in a trigger, and run: drop rule ${quoted(name)} on ${quoted(need.schema)}.${quoted(need.table)}.`,
    );
}
