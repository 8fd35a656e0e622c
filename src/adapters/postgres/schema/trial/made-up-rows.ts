import { systemRuntime } from '../../../../runtime/system-runtime.js';
import type { Query, Statement } from '../../drivers/database.js';
import { type ReadTable, statusColumn } from '../../mapping/columns.js';
import type { CompleteMapping } from '../../mapping/host-mapping.js';
import { literal, quoted } from '../../sql/quoting.js';
import { type LiveColumn, type LiveTable, readLiveSchema } from '../live-schema.js';
import { labelOf } from '../written-values.js';
import type { VersionReference } from './session.js';

const { newId } = systemRuntime;

/** Values by the names of their columns, as text. */
type Row = Readonly<Record<string, string>>;

/** A table by its name. */
interface TableName {
  readonly schema: string;
  readonly table: string;
}

/** Tables that need a row of each other are not filled. */
const MAX_DEPTH = 5;

/**
 * Adds a version that a build may start from, with everything that it belongs to, for a host that has none yet. What the
 * mapping does not know, and the table demands, is filled by its type, or with a row of the table that it references.
 */
export async function makeUpVersion(
  query: Query,
  mapping: CompleteMapping,
  start: string,
): Promise<VersionReference> {
  const { automations, projects, automationVersions: versions, quotes, projectLink } = mapping;
  const rows = rowMaker(query);
  const add = (table: ReadTable, row: Row) =>
    rows.add(named(mapping, table), { ...demandedBy(table.where), ...row }, notNull(table.where));
  const tenantId = await rows.valueOf(named(mapping, versions), versions.tenantId);
  const ofTenant = (table: { readonly id: string; readonly tenantId: string }): Row => ({
    [table.id]: newId(),
    [table.tenantId]: tenantId,
  });
  const automation = await add(automations, {
    ...ofTenant(automations),
    [automations.name]: 'A trial',
  });
  const project: Row = {
    ...ofTenant(projects),
    [projects.name]: 'A trial',
    [statusColumn(projects.status)]: labelOf(projects.status, start),
    [projects.checklistProgress]: '0',
  };
  const version: Row = {
    ...ofTenant(versions),
    [versions.automationId]: automation[automations.id] ?? '',
    [statusColumn(versions.status)]: labelOf(versions.status, start),
    [versions.blueprint]: '{}',
  };
  const automationVersionId = version[versions.id] ?? '';
  const toProject = { [projectLink.column]: project[projects.id] ?? '' };
  const toVersion = { [projectLink.column]: automationVersionId };
  if (projectLink.in === 'automationVersions') {
    await add(projects, project);
    await add(versions, { ...version, ...toProject });
  } else {
    await add(versions, version);
    await add(projects, { ...project, ...toVersion });
  }
  await add(quotes, {
    ...ofTenant(quotes),
    [quotes.automationVersionId]: automationVersionId,
    [statusColumn(quotes.status)]: labelOf(quotes.status, 'signed'),
  });
  return { tenantId, automationVersionId };
}

/** What the conditions want a row to have. */
function demandedBy(where: ReadTable['where']): Row {
  return Object.fromEntries(
    Object.entries(where).flatMap(([column, condition]) => {
      if ('equals' in condition) return [[column, String(condition.equals)]];
      const allowed = 'in' in condition ? condition.in : [null];
      const [value = null] = allowed.includes(null) ? [] : allowed;
      return value === null ? [] : [[column, String(value)]];
    }),
  );
}

/** The columns that the conditions want a row to have whatever in. */
const notNull = (where: ReadTable['where']): readonly string[] =>
  Object.entries(where).flatMap(([column, condition]) =>
    'isNull' in condition && !condition.isNull ? [column] : [],
  );

const named = (
  { schema }: CompleteMapping,
  table: { readonly table: string; readonly schema?: string },
): TableName => ({ schema: table.schema ?? schema, table: table.table });

function rowMaker(query: Query) {
  const made = new Map<string, Row>();

  const describe = async (name: TableName): Promise<LiveTable> => {
    const { tables } = await readLiveSchema(query, [name]);
    const [table] = tables;
    if (!table) throw new Error(`There is no table ${name.schema}.${name.table}.`);
    return table;
  };

  /** The row of a table that was added, or one that is added now. */
  const rowOf = async (name: TableName, depth: number): Promise<Row> =>
    made.get(keyOf(name)) ?? add(name, {}, [], depth + 1);

  /** What a column of a new row has, unless it is given. */
  const fill = async (table: LiveTable, column: LiveColumn, depth: number): Promise<string> => {
    const key = table.foreignKeys.find(({ columns }) => columns.includes(column.name));
    if (!key || depth >= MAX_DEPTH) return byType(column);
    const row = await rowOf(key, depth);
    return row[key.references[key.columns.indexOf(column.name)] ?? ''] ?? byType(column);
  };

  const add = async (name: TableName, given: Row, wanted: readonly string[], depth = 0): Promise<Row> => {
    const table = await describe(name);
    const filled: Record<string, string> = { ...given };
    for (const column of table.columns) {
      const isWanted = column.required || wanted.includes(column.name);
      if (isWanted && filled[column.name] === undefined)
        filled[column.name] = await fill(table, column, depth);
    }
    const [row] = await query<{ row: string }>(insertOf(table, filled), []);
    const read: Record<string, unknown> = JSON.parse(row?.row ?? '{}');
    const stored = Object.fromEntries(Object.entries(read).map(([column, value]) => [column, String(value)]));
    made.set(keyOf(name), stored);
    return stored;
  };

  return {
    add,
    /** A value that a column may have: that of a row which it references, or one of its type. */
    valueOf: async (name: TableName, columnName: string): Promise<string> => {
      const table = await describe(name);
      const column = table.columns.find((each) => each.name === columnName);
      return column ? fill(table, column, 0) : newId();
    },
  };
}

const keyOf = ({ schema, table }: TableName) => `${schema}.${table}`;

/** The text of a made-up row differs from every other, and so does its name. */
function insertOf({ schema, table }: TableName, row: Row): Statement {
  const columns = Object.keys(row);
  const target = `${quoted(schema)}.${quoted(table)}`;
  const values =
    columns.length === 0
      ? 'default values'
      : `(${columns.map(quoted).join(', ')}) values (${Object.values(row).map(literal).join(', ')})`;
  return {
    name: 'wrk_builds_trial_made_up_row',
    text: `insert into ${target} as added ${values} returning pg_catalog.row_to_json(added)::text as row`,
    replanned: true,
  };
}

/** A value for a column of which nothing is known but its type. */
function byType({ category, typeName, labels, maxLength }: LiveColumn): string {
  switch (category) {
    case 'N':
      return '0';
    case 'B':
      return 'false';
    case 'D':
      return 'now';
    case 'E':
      return labels?.[0] ?? '';
    case 'A':
      return '{}';
    case 'S':
      return `trial ${newId()}`.slice(-(maxLength ?? MAX_TEXT));
    default:
      return ['json', 'jsonb'].includes(typeName) ? '{}' : newId();
  }
}

const MAX_TEXT = 50;
