import { literal } from '../sql/quoting.js';
import { statusColumn, writtenStatus } from './columns.js';
import { constant, equalValues } from './conditions.js';
import type { CompleteMapping } from './host-mapping.js';
import type { ColumnReference, ParentReference, TaskValue } from './mapped-columns.js';

/** The values of a new checklist task, as expressions. */
export type NewTask = Readonly<Record<TaskExpression, string>>;

type TaskExpression =
  | 'tenantId'
  | 'projectId'
  | 'automationVersionId'
  | 'automationId'
  | 'requestedBy'
  | 'kind'
  | 'slug'
  | 'category'
  | 'title'
  | 'status'
  | 'now';

/** Columns with what is written to them. */
export type Columns = readonly (readonly [column: string, expression: string])[];

/** The columns of a new task. What `where` demands is written too: otherwise the task would not exist for the library. */
export function newTaskColumns(host: CompleteMapping, newId: string, task: NewTask): Columns {
  const { also, where } = host.tasks;
  return [
    ...new Map([
      ...Object.entries(also).map(([column, value]) => [column, writtenValue(value, task)] as const),
      ...equalValues(where).map(([column, value]) => [column, constant(value)] as const),
      ...mappedColumns(host, newId, task),
    ]),
  ];
}

/** Where tasks name both, the task names project and version; where they do so in the same columns, the project. */
function mappedColumns(host: CompleteMapping, newId: string, task: NewTask): Columns {
  const { tasks } = host;
  return [
    [tasks.id, newId],
    [tasks.tenantId, task.tenantId],
    ...parentColumns(tasks.automationVersion, task.automationVersionId),
    ...parentColumns(tasks.project, task.projectId),
    [tasks.title, task.title],
    [statusColumn(tasks.status), writtenStatus(host, tasks.status, task.status)],
    // A boolean column may have no default; for a label, the host has to provide one.
    ...(typeof tasks.blocker === 'string' ? [[tasks.blocker, 'false'] as const] : []),
    ...(tasks.updatedAt === null ? [] : [[tasks.updatedAt, task.now] as const]),
    ...columnValues([
      [tasks.kind, task.kind],
      [tasks.slug, task.slug],
      [tasks.category, task.category],
    ]),
  ];
}

function parentColumns(parent: ParentReference | null, id: string): Columns {
  if (parent === null) return [];
  if (typeof parent === 'string') return [[parent, id]];
  return [
    [parent.type, literal(parent.is)],
    [parent.id, id],
  ];
}

function writtenValue(value: TaskValue, task: NewTask): string {
  if (typeof value !== 'object') return constant(value);
  switch (value.from) {
    case 'requestedBy':
      return value.otherwise === undefined
        ? task.requestedBy
        : `coalesce(${task.requestedBy}, ${literal(value.otherwise)})`;
    case 'now':
      return value.plusDays === undefined ? task.now : `${task.now} + ${value.plusDays} * interval '1 day'`;
    case 'tenantId':
    case 'projectId':
    case 'automationVersionId':
    case 'automationId':
    case 'slug':
    case 'category':
    case 'title':
      return task[value.from];
  }
}

/** Plain columns stay as they are. References into the same JSON column are combined into one object. */
function columnValues(values: readonly (readonly [column: ColumnReference, expression: string])[]): Columns {
  const columns = new Map<string, string>();
  const documents = new Map<string, JsonTree>();
  for (const [column, expression] of values) {
    if (typeof column === 'string') columns.set(column, expression);
    else
      documents.set(column.column, grow(documents.get(column.column) ?? new Map(), column.path, expression));
  }
  return [...columns, ...[...documents].map(([column, tree]) => [column, built(tree)] as const)];
}

type JsonTree = Map<string, string | JsonTree>;

function grow(tree: JsonTree, [key, ...rest]: readonly string[], expression: string): JsonTree {
  if (key === undefined) return tree;
  const below = tree.get(key);
  const branch: JsonTree = below instanceof Map ? below : new Map();
  return tree.set(key, rest.length === 0 ? expression : grow(branch, rest, expression));
}

const built = (tree: JsonTree): string =>
  `pg_catalog.jsonb_build_object(${[...tree].map(([key, value]) => `${literal(key)}, ${typeof value === 'string' ? value : built(value)}`).join(', ')})`;

const NOTHING: NewTask = {
  tenantId: '',
  projectId: '',
  automationVersionId: '',
  automationId: '',
  requestedBy: '',
  kind: '',
  slug: '',
  category: '',
  title: '',
  status: '',
  now: '',
};

/** The names of the columns that are written to every new task. */
export const newTaskColumnNames = (host: CompleteMapping): readonly string[] =>
  newTaskColumns(host, '', NOTHING).map(([column]) => column);
