import { quoted } from '../sql/quoting.js';
import { type ReadTable, statusColumn, tableName, writtenStatus } from './columns.js';
import { conditionsOn, constant } from './conditions.js';
import type { CompleteMapping } from './host-mapping.js';
import { type Columns, type NewTask, newTaskColumns } from './new-task.js';

/** The library's writes to the host's tables. Everything else in them is only read. */
export interface HostWrites {
  /** `update … set status, checklist_progress` of the project `p`; a null status leaves it unchanged. `from` and `where` follow. */
  readonly updateProject: (values: { readonly status: string; readonly progress: string }) => string;
  /** `update … set status` of the version `v`; `from` and `where` follow. */
  readonly updateVersion: (status: string) => string;
  /** `update … set status` of the task `t`; `from` and `where` follow. */
  readonly updateTask: (status: string) => string;
  /** `insert into …` for new checklist tasks; `from` and `where` follow. */
  readonly insertTask: (task: NewTask) => string;
  /** `insert into …` for audit entries; `from` follows. */
  readonly insertAudit: (values: Readonly<Record<AuditColumn, string>>) => string;
  /** Whether the updated row is the one with this id and tenant, and exists for the library; for `where`. */
  readonly is: Readonly<Record<'project' | 'version' | 'task', (id: string, tenantId: string) => string>>;
}

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
         ${quoted(projects.checklistProgress)} = ${progress}${touch(projects)}`;
    },
    updateVersion: (status) => `update ${tableName(host, versions)} v
     set ${quoted(statusColumn(versions.status))} = ${writtenStatus(host, versions.status, status)}${touch(versions)}`,
    updateTask: (status) => `update ${tableName(host, tasks)} t
     set ${quoted(statusColumn(tasks.status))} = ${writtenStatus(host, tasks.status, status)}${touch(tasks)}`,
    insertTask: (task) => insert(tableName(host, tasks), newTaskColumns(host, newId, task)),
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
        ...Object.entries(auditLogs.also).map(([column, value]) => [column, constant(value)] as const),
      ]),
    is: { project: isRow('p', projects), version: isRow('v', versions), task: isRow('t', tasks) },
  };
}

const touch = ({ updatedAt }: { readonly updatedAt: string | null }) =>
  updatedAt === null ? '' : `, ${quoted(updatedAt)} = pg_catalog.now()`;

const insert = (table: string, columns: Columns) =>
  `insert into ${table} (${columns.map(([name]) => quoted(name)).join(', ')})
  select ${columns.map(([, expression]) => expression).join(', ')}`;

const isRow = (alias: string, table: ReadTable) => (id: string, tenantId: string) =>
  [
    `${alias}.${quoted(table.id)} = ${id}`,
    `${alias}.${quoted(table.tenantId)} = ${tenantId}`,
    ...conditionsOn(alias, table.where),
  ].join(' and ');
