import { literal, quoted } from '../sql/quoting.js';
import type { ColumnCondition, Constant } from './mapped-columns.js';

/** Conditions by the names of their columns. */
type Conditions = Readonly<Record<string, ColumnCondition>>;

/** The conditions on the row `row`, in SQL. */
export const conditionsOn = (row: string, where: Conditions): readonly string[] =>
  Object.entries(where).map(([column, condition]) => conditionOn(`${row}.${quoted(column)}`, condition));

/** The values of the columns that have to equal one. */
export const equalValues = (where: Conditions): readonly (readonly [column: string, value: Constant])[] =>
  Object.entries(where).flatMap(([column, condition]) =>
    'equals' in condition ? [[column, condition.equals] as const] : [],
  );

/**
 * A constant as a literal without a type, which takes that of its column: a text, a number, a boolean or the label of an
 * enum. So the column stays bare, and its indexes apply.
 */
export const constant = (value: Constant): string => literal(String(value));

function conditionOn(column: string, condition: ColumnCondition): string {
  if ('equals' in condition) return `${column} = ${constant(condition.equals)}`;
  if ('isNull' in condition) return `${column} is ${condition.isNull ? '' : 'not '}null`;
  const values = condition.in.filter((value) => value !== null);
  const alternatives = [
    ...(values.length > 0 ? [`${column} in (${values.map(constant).join(', ')})`] : []),
    ...(values.length < condition.in.length ? [`${column} is null`] : []),
  ];
  return `(${alternatives.join(' or ')})`;
}
