import { quoted } from '../sql/quoting.js';
import { columnMismatches } from './compare-column.js';
import type { LiveTable } from './live-schema.js';
import type { TableNeed } from './needs.js';

/** The mismatches of one table, each with its fix. */
export function tableMismatches(
  need: TableNeed,
  table: LiveTable | undefined,
  { role, ids }: { readonly role: string; readonly ids: 'uuid' | 'text' },
): readonly string[] {
  const name = `${need.schema}.${need.table}`;
  if (!table) {
    return [
      need.mappedBy === null
        ? `There is no table ${name}: run \`migrate\`, or what \`migrationSql\` prints.`
        : `There is no table ${name}: name the host's table in \`${need.mappedBy}.table\`, and its schema in \`schema\`.`,
    ];
  }
  if (need.locks && !['r', 'p'].includes(table.kind)) {
    return [
      `${name} is ${KINDS[table.kind] ?? 'not a table'}, and the library has to lock its rows: name the underlying table in \`${need.mappedBy}.table\`.`,
    ];
  }
  const columns = new Map(table.columns.map((column) => [column.name, column]));
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
    ...new Set([...missing, ...wrong]),
    ...indexes(need, table),
    ...required(need, table),
    ...grants(need, table, role),
  ];
}

const KINDS: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
};

function indexes(need: TableNeed, table: LiveTable): readonly string[] {
  if (table.kind === 'v') return [];
  const has = (columns: readonly string[]) =>
    table.unique.some((index) => index.join() === columns.toSorted().join());
  return need.unique
    .filter((columns) => !has(columns))
    .map((columns) => {
      const list = columns.map(quoted).join(', ');
      return need.mappedBy === null
        ? `${need.schema}.${need.table} has no unique index on (${list}): create it as in the output of \`migrationSql\`.`
        : `${need.schema}.${need.table} has no unique index on (${list}): run: create unique index on ${quoted(need.schema)}.${quoted(need.table)} (${list}).`;
    });
}

/** Required columns that the mapping does not name, which an insert would leave out. */
function required(need: TableNeed, table: LiveTable): readonly string[] {
  const { insert } = need;
  if (insert === 'all' || insert.length === 0) return [];
  const named = need.mappedBy === 'tasks' ? ', or name it in `tasks.also`' : '';
  return table.columns
    .filter((column) => column.required && column.name !== 'xmin' && !insert.includes(column.name))
    .map(
      ({ name }) =>
        `${need.schema}.${need.table}.${name} is NOT NULL without a default, and the library does not write it: give it a default${named}.`,
    );
}

function grants(need: TableNeed, table: LiveTable, role: string): readonly string[] {
  const target = `${quoted(need.schema)}.${quoted(need.table)}`;
  const lacking = (
    right: 'select' | 'insert' | 'update',
    may: 'maySelect' | 'mayInsert' | 'mayUpdate',
  ): readonly string[] => {
    const wanted = need[right];
    const columns = table.columns.filter(({ name }) =>
      wanted === 'all' ? name !== 'xmin' : wanted.includes(name),
    );
    const refused = columns.filter((column) => !column[may]).map(({ name }) => quoted(name));
    if (refused.length === 0) return [];
    const list = wanted === 'all' ? '' : ` (${refused.join(', ')})`;
    return [
      `The role ${role} lacks the ${right} privilege on ${need.schema}.${need.table}${list}: run: grant ${right}${list} on ${target} to ${quoted(role)}.`,
    ];
  };
  return [
    ...lacking('select', 'maySelect'),
    ...lacking('insert', 'mayInsert'),
    ...lacking('update', 'mayUpdate'),
    ...(need.delete && !table.mayDelete
      ? [
          `The role ${role} lacks the delete privilege on ${need.schema}.${need.table}: run: grant delete on ${target} to ${quoted(role)}.`,
        ]
      : []),
  ];
}
