import { quoted } from '../sql/quoting.js';
import type { LiveTable } from './live-schema.js';
import type { TableNeed } from './needs.js';

/** The privileges that the role lacks on one table, each with the grant. */
export function grantMismatches(need: TableNeed, table: LiveTable, role: string): readonly string[] {
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
    ...closedSequences(need, table, role),
  ];
}

/** An insert draws the default of a column that it leaves out. */
function closedSequences(need: TableNeed, table: LiveTable, role: string): readonly string[] {
  const { insert } = need;
  if (insert === 'all' || insert.length === 0) return [];
  return table.columns.flatMap(({ name, closedSequence }) =>
    closedSequence === null || insert.includes(name)
      ? []
      : [
          `The role ${role} lacks the usage privilege on the sequence ${closedSequence}, which the default of ${need.schema}.${need.table}.${name} draws from: run: grant usage on sequence ${closedSequence} to ${quoted(role)}.`,
        ],
  );
}
