import { literal, quoted } from '../sql/quoting.js';
import type { CompleteMapping } from './host-mapping.js';
import type { ColumnReference, StatusColumn } from './mapped-columns.js';

/** A table of the host whose rows are read. */
export type ReadTable = Pick<
  CompleteMapping['automations'],
  'table' | 'schema' | 'id' | 'tenantId' | 'where'
>;

/** The qualified name of a host table. */
export function tableName({ schema }: CompleteMapping, table: { table: string; schema?: string }): string {
  return `${quoted(table.schema ?? schema)}.${quoted(table.table)}`;
}

/** The same for people. */
export function plainName({ schema }: CompleteMapping, table: { table: string; schema?: string }): string {
  return `${table.schema ?? schema}.${table.table}`;
}

/** Reads a column of the row `x` as text. */
export function readColumn(column: ColumnReference): string {
  if (typeof column === 'string') return `x.${quoted(column)}::text`;
  return `x.${quoted(column.column)} #>> array[${column.path.map(literal).join(', ')}]`;
}

const spellings = (column: Exclude<StatusColumn, string>) =>
  Object.entries(column.labels ?? {}).map(([word, labels]) => ({
    word,
    labels: typeof labels === 'string' ? [labels] : [...labels],
  }));

/** The name of a status column. */
export const statusColumn = (status: StatusColumn): string =>
  typeof status === 'string' ? status : status.column;

/** Reads a status of the row `x` as the flows' word. */
export function readStatus(status: StatusColumn): string {
  const column = `x.${quoted(statusColumn(status))}::text`;
  const known = typeof status === 'string' ? [] : spellings(status);
  if (known.length === 0) return column;
  const cases = known.map(
    ({ word, labels }) => `when ${column} in (${labels.map(literal).join(', ')}) then ${literal(word)}`,
  );
  return `case ${cases.join(' ')} else ${column} end`;
}

/** The flows' word for a label of a status column, as `readStatus` reads it. */
export function statusOfLabel(status: StatusColumn, label: string): string {
  const known = typeof status === 'string' ? [] : spellings(status);
  return known.find(({ labels }) => labels.includes(label))?.word ?? label;
}

/** Converts the flows' word in `expression` to the value of the status column. */
export function writtenStatus({ schema }: CompleteMapping, status: StatusColumn, expression: string): string {
  if (typeof status === 'string') return expression;
  const known = spellings(status);
  const cases = known.map(
    ({ word, labels: [first = word] }) => `when ${literal(word)} then ${literal(first)}`,
  );
  const label =
    known.length === 0 ? expression : `case ${expression} ${cases.join(' ')} else ${expression} end`;
  if (!status.enum) return label;
  return `(${label})::${quoted(status.enumSchema ?? schema)}.${quoted(status.enum)}`;
}
