import { literal, quoted } from '../sql/quoting.js';
import { statusColumn, tableName, writtenStatus } from './columns.js';
import type { ColumnReference, CompleteMapping } from './host-mapping.js';

/** The library's writes to the host's tables. Everything else in them is only read. */
export interface HostWrites {
  /** `update … set status, checklist_progress` of the project `p`; a null status leaves it unchanged. `from` and `where` follow. */
  readonly updateProject: (values: { readonly status: string; readonly progress: string }) => string;
  /** `update … set status` of the version `v`; `from` and `where` follow. */
  readonly updateVersion: (status: string) => string;
  /** `update … set status` of the task `t`; `from` and `where` follow. */
  readonly updateTask: (status: string) => string;
  /** `insert into …` for new checklist tasks; `from` and `where` follow. */
  readonly insertTask: (values: Readonly<Record<TaskColumn, string>>) => string;
  /** `insert into …` for audit entries; `from` follows. */
  readonly insertAudit: (values: Readonly<Record<AuditColumn, string>>) => string;
  /** The id and tenant columns of the updated rows, for `where`. */
  readonly keys: Readonly<
    Record<'project' | 'version' | 'task', { readonly id: string; readonly tenantId: string }>
  >;
}

type TaskColumn = 'tenantId' | 'projectId' | 'kind' | 'slug' | 'category' | 'title' | 'status';
type AuditColumn =
  | 'tenantId'
  | 'userId'
  | 'actionType'
  | 'resourceType'
  | 'resourceId'
  | 'metadata'
  | 'createdAt';

/** The writes of a host. */
export function hostWrites(host: CompleteMapping): HostWrites {
  const { projects, automationVersions: versions, tasks, auditLogs, ids } = host;
  const newId = `pg_catalog.gen_random_uuid()::${ids}`;
  return {
    updateProject: ({ status, progress }) => {
      const column = quoted(statusColumn(projects.status));
      const written = writtenStatus(host, projects.status, status);
      return `update ${tableName(host, projects)} p
     set ${column} = case when ${status} is null then p.${column} else ${written} end,
         ${quoted(projects.checklistProgress)} = ${progress}, ${quoted(projects.updatedAt)} = pg_catalog.now()`;
    },
    updateVersion: (status) => `update ${tableName(host, versions)} v
     set ${quoted(statusColumn(versions.status))} = ${writtenStatus(host, versions.status, status)}, ${quoted(versions.updatedAt)} = pg_catalog.now()`,
    updateTask: (status) => `update ${tableName(host, tasks)} t
     set ${quoted(statusColumn(tasks.status))} = ${writtenStatus(host, tasks.status, status)}`,
    insertTask: (values) => insert(tableName(host, tasks), taskColumns(host, newId, values)),
    insertAudit: (values) =>
      insert(tableName(host, auditLogs), [
        ...(auditLogs.idFrom === 'library' ? [[auditLogs.id, newId] as const] : []),
        [auditLogs.tenantId, values.tenantId],
        [auditLogs.userId, values.userId],
        [auditLogs.actionType, values.actionType],
        [auditLogs.resourceType, values.resourceType],
        [auditLogs.resourceId, values.resourceId],
        [auditLogs.metadata, values.metadata],
        [auditLogs.createdAt, values.createdAt],
      ]),
    keys: { project: keyOf('p', projects), version: keyOf('v', versions), task: keyOf('t', tasks) },
  };
}

type Columns = readonly (readonly [column: string, expression: string])[];

const insert = (table: string, columns: Columns) =>
  `insert into ${table} (${columns.map(([name]) => quoted(name)).join(', ')})
  select ${columns.map(([, expression]) => expression).join(', ')}`;

const keyOf = (alias: string, table: { readonly id: string; readonly tenantId: string }) => ({
  id: `${alias}.${quoted(table.id)}`,
  tenantId: `${alias}.${quoted(table.tenantId)}`,
});

function taskColumns(
  host: CompleteMapping,
  newId: string,
  values: Readonly<Record<TaskColumn, string>>,
): Columns {
  const { tasks } = host;
  const { project, blocker } = tasks;
  const owner: Columns =
    typeof project === 'string'
      ? [[project, values.projectId]]
      : [
          [project.type, literal(project.is)],
          [project.id, values.projectId],
        ];
  return [
    [tasks.id, newId],
    [tasks.tenantId, values.tenantId],
    ...owner,
    [tasks.title, values.title],
    [statusColumn(tasks.status), writtenStatus(host, tasks.status, values.status)],
    // A boolean column may have no default; for a label, the host has to provide one.
    ...(typeof blocker === 'string' ? [[blocker, 'false'] as const] : []),
    ...Object.entries(tasks.also).map(([column, value]) => [column, constant(value)] as const),
    ...columnValues([
      [tasks.kind, values.kind],
      [tasks.slug, values.slug],
      [tasks.category, values.category],
    ]),
  ];
}

const constant = (value: string | number | boolean) =>
  typeof value === 'string' ? literal(value) : String(value);

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
