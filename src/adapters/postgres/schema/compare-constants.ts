import type { CompleteMapping } from '../mapping/host-mapping.js';
import type { ColumnCondition, Constant } from '../mapping/mapped-columns.js';
import { isUuid } from '../rows/rows.js';
import type { LiveColumn, LiveTable } from './live-schema.js';

/** A value of the mapping that a column is compared with, or gets. */
export interface ConstantNeed {
  /** The table and the path in the mapping: `quotes`, `quotes.where`. */
  readonly table: string;
  readonly mappedBy: string;
  readonly column: string;
  readonly value: Constant;
}

/** A column that has to be null for its row to exist. */
interface NullNeed {
  readonly table: string;
  readonly mappedBy: string;
  readonly column: string;
}

const READ = ['automations', 'projects', 'automationVersions', 'quotes', 'tasks'] as const;

const conditionsOf = (mapping: CompleteMapping) =>
  READ.flatMap((table) =>
    Object.entries(mapping[table].where).map(([column, condition]) => ({
      table,
      mappedBy: `${table}.where`,
      column,
      condition,
    })),
  );

/** The values that the mapping gives in conditions, and for further columns. */
export function constantNeeds(mapping: CompleteMapping): readonly ConstantNeed[] {
  const further = (['tasks', 'auditLogs'] as const).flatMap((table) =>
    Object.entries(mapping[table].also).flatMap(([column, value]) =>
      typeof value === 'object' ? [] : [{ table, mappedBy: `${table}.also`, column, value }],
    ),
  );
  const compared = conditionsOf(mapping).flatMap(({ condition, ...need }) =>
    valuesOf(condition).map((value) => ({ ...need, value })),
  );
  return [...compared, ...further];
}

function valuesOf(condition: ColumnCondition): readonly Constant[] {
  if ('equals' in condition) return [condition.equals];
  return 'in' in condition ? condition.in.filter((value) => value !== null) : [];
}

/** The columns of which every row that exists has none. */
export const nullNeeds = (mapping: CompleteMapping): readonly NullNeed[] =>
  conditionsOf(mapping).flatMap(({ condition, ...need }) =>
    'isNull' in condition && condition.isNull ? [need] : [],
  );

/** A value that Postgres does not read as one of the column's type. */
export function constantMismatches(
  column: LiveColumn,
  { schema, table }: LiveTable,
  { mappedBy, value }: ConstantNeed,
): readonly string[] {
  const text = String(value);
  const wrong =
    (column.category === 'N' && !NUMBER.test(text)) ||
    (column.category === 'B' && !BOOLEAN.test(text)) ||
    (column.typeName === 'uuid' && !isUuid(text));
  return wrong
    ? [
        `${schema}.${table}.${column.name} has type ${column.type}, and \`${mappedBy}.${column.name}\` has '${text}': give a value of that type there, or name another column.`,
      ]
    : [];
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const BOOLEAN = /^\s*(t(rue)?|f(alse)?|y(es)?|no?|on|off|0|1)\s*$/i;

/** A condition that no row meets. */
export const conditionMismatches = (
  column: LiveColumn,
  { schema, table }: LiveTable,
  { mappedBy }: NullNeed,
): readonly string[] =>
  column.notNull
    ? [
        `${schema}.${table}.${column.name} is NOT NULL, and \`${mappedBy}.${column.name}\` wants it to be null, so that no row exists for the library: leave the condition out, or name another column.`,
      ]
    : [];
