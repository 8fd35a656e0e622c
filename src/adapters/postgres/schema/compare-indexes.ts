import { quoted } from '../sql/quoting.js';
import type { LiveTable, LiveUnique } from './live-schema.js';
import type { TableNeed } from './needs.js';

/** The unique indexes that are missing, and those that stand in the way of an insert. */
export function uniqueMismatches(need: TableNeed, table: LiveTable): readonly string[] {
  // Neither a view nor a foreign table can have an index.
  if (!INDEXED.has(table.kind)) return [];
  return need.unique
    .filter((columns) => !isUnique(need, table, columns))
    .flatMap((columns) => {
      const name = `${need.schema}.${need.table}`;
      const list = columns.map(quoted).join(', ');
      if (need.mappedBy === null) {
        return [`${name} has no unique index on (${list}): create it as in the output of \`migrationSql\`.`];
      }
      // Postgres has no unique index over partitions that are divided by an expression.
      if (table.partitionKey.includes(null)) return [];
      const whole = [...new Set([...columns, ...table.partitionKey.filter((each) => each !== null)])];
      return [
        `${name} has no unique index on (${list}): run: create unique index on ${targetOf(need)} (${whole.map(quoted).join(', ')}).`,
      ];
    });
}

/** A unique index of a partitioned table has the columns that it is partitioned by besides. */
function isUnique(need: TableNeed, table: LiveTable, columns: readonly string[]): boolean {
  return table.unique.some((unique) => {
    // Those of the library's own tables are compared by their columns alone, whatever rows they are about.
    if (unique.isExclusion || unique.columns.includes(null) || (unique.isPartial && need.mappedBy !== null))
      return false;
    const others = unique.columns.filter((column) => column !== null && !columns.includes(column));
    const allowed = table.kind === 'p' ? table.partitionKey : [];
    return (
      columns.every((column) => unique.columns.includes(column)) &&
      others.every((column) => allowed.includes(column))
    );
  });
}

/** Columns of a checklist's tasks that tell one project's from another's. */
export interface ChecklistColumns {
  readonly insert: readonly string[];
  readonly distinct: readonly string[];
  /** Those that name what a task belongs to. */
  readonly parents: readonly string[];
}

/**
 * What unique indexes do to an insert of tasks: `on conflict do nothing` fails on one that is deferrable, and leaves out
 * without an error what one refuses that knows no project.
 */
export function conflictMismatches(
  need: TableNeed,
  table: LiveTable,
  { insert, distinct, parents }: ChecklistColumns,
): readonly string[] {
  const name = `${need.schema}.${need.table}`;
  const repeats = ({ columns, isPartial, isExclusion }: LiveUnique) =>
    !isPartial &&
    !isExclusion &&
    columns.every((column) => column !== null && insert.includes(column) && !distinct.includes(column));
  return table.unique.flatMap((unique) => {
    const index = `The ${unique.isExclusion ? 'exclusion constraint' : 'unique index'} ${unique.name} of ${name}`;
    if (unique.isDeferrable) {
      const list = unique.columns.map((column) => quoted(column ?? '')).join(', ');
      const constraint = quoted(unique.name);
      const fix = unique.isExclusion
        ? 'make it not deferrable'
        : `run: alter table ${targetOf(need)} drop constraint ${constraint}, add constraint ${constraint} unique (${list})`;
      return [`${index} is deferrable, which Postgres does not take for \`on conflict do nothing\`: ${fix}.`];
    }
    if (!repeats(unique)) return [];
    return [
      `${index} is on (${unique.columns.join(', ')}), which the checklist of every project repeats, so that Postgres drops the tasks of all but the first without an error: add ${parents.map(quoted).join(' or ')} to its columns.`,
    ];
  });
}

/** The lookups that no index serves, each with one that does. */
export function indexAdvice(need: TableNeed, table: LiveTable): readonly string[] {
  if (!INDEXED.has(table.kind)) return [];
  // Every lookup knows the tenant as well.
  const tenant = need.columns.find(({ mappedBy }) => mappedBy.endsWith('.tenantId'))?.column;
  const serves = (columns: readonly string[]) =>
    table.indexes.some(([first = null, ...others]) => {
      if (first === null || !(columns.includes(first) || first === tenant)) return false;
      // The last of the columns tells rows apart.
      return [first, ...others].includes(columns.at(-1) ?? '');
    });
  return need.lookups
    .filter((columns) => !serves(columns))
    .map((columns) => {
      const list = columns.map(quoted).join(', ');
      // Postgres builds none concurrently on a partitioned table.
      const create = table.kind === 'p' ? 'create index' : 'create index concurrently';
      const meanwhile = table.kind === 'p' ? ', which holds up writes while it is built' : '';
      return `${need.schema}.${need.table} has no index that begins with (${list}), so each lookup scans the whole table: run${meanwhile}: ${create} on ${targetOf(need)} (${list}).`;
    });
}

const INDEXED = new Set(['r', 'p', 'm']);

const targetOf = ({ schema, table }: TableNeed) => `${quoted(schema)}.${quoted(table)}`;
