import { statusColumn } from '../mapping/columns.js';
import type { ColumnReference, CompleteMapping } from '../mapping/host-mapping.js';
import type { TableNeed } from './needs.js';
import { type ColumnNeed, need, statusNeed } from './needs.js';

const ROW_VERSION = 'xmin';

/** What the library needs from the host's tables. */
export function hostTableNeeds(mapping: CompleteMapping): readonly TableNeed[] {
  const {
    automations,
    projects,
    automationVersions: versions,
    quotes,
    tasks,
    auditLogs,
    projectLink,
  } = mapping;
  const table = (
    mappedBy: string,
    mapped: {
      readonly table: string;
      readonly schema?: string;
      readonly id: string;
      readonly tenantId: string;
    },
    columns: readonly ColumnNeed[],
    more: Partial<TableNeed>,
  ): TableNeed => {
    const all = [
      need(`${mappedBy}.id`, mapped.id, {
        is: mappedBy === 'auditLogs' && auditLogs.idFrom === 'database' ? 'any' : 'id',
      }),
      need(`${mappedBy}.tenantId`, mapped.tenantId, { is: 'id' }),
      ...columns,
    ];
    const read = [...new Set(all.map(({ column }) => column))];
    return {
      schema: mapped.schema ?? mapping.schema,
      table: mapped.table,
      mappedBy,
      select: more.locks ? [...read, ROW_VERSION] : read,
      insert: [],
      update: [],
      delete: false,
      locks: false,
      columns: all,
      unique: [[mapped.id]],
      lookups: [],
      ...more,
    };
  };
  const link = need('projectLink', projectLink.column, { is: 'id' });
  const linkOf = (side: typeof projectLink.in) => (projectLink.in === side ? [link] : []);
  const column = (mappedBy: string, at: ColumnReference) =>
    typeof at === 'string' ? need(mappedBy, at, { is: 'text' }) : need(mappedBy, at.column, { is: 'json' });

  const taskProject = typeof tasks.project === 'string' ? { id: tasks.project } : tasks.project;
  const taskColumns = [
    need('tasks.project', taskProject.id, { is: 'id' }),
    ...('type' in taskProject ? [need('tasks.project', taskProject.type, { is: 'any' })] : []),
    column('tasks.kind', tasks.kind),
    column('tasks.slug', tasks.slug),
    column('tasks.category', tasks.category),
    need('tasks.title', tasks.title, { is: 'text' }),
    need('tasks.status', statusColumn(tasks.status), statusNeed(mapping, tasks.status, 'task')),
  ];
  const marksBlockers = typeof tasks.blocker === 'string';
  const blocker = need('tasks.blocker', marksBlockers ? `${tasks.blocker}` : '', {
    is: marksBlockers ? 'boolean' : 'any',
  });
  const blockerColumn =
    typeof tasks.blocker === 'string' ? blocker : { ...blocker, column: tasks.blocker.column };
  const also = Object.keys(tasks.also).map((column) => need('tasks.also', column, { is: 'any' }));
  const newTask = [
    tasks.id,
    tasks.tenantId,
    ...[...taskColumns, ...also].map(({ column }) => column),
    ...(marksBlockers ? [blockerColumn.column] : []),
  ];

  const auditColumns = [
    need('auditLogs.userId', auditLogs.userId, { is: 'id' }),
    need('auditLogs.actionType', auditLogs.actionType, { is: 'text' }),
    need('auditLogs.resourceType', auditLogs.resourceType, { is: 'text' }),
    need('auditLogs.resourceId', auditLogs.resourceId, { is: 'id' }),
    need('auditLogs.metadata', auditLogs.metadata, { is: 'json' }),
    need('auditLogs.createdAt', auditLogs.createdAt, { is: 'time' }),
  ];

  return [
    table('automations', automations, [need('automations.name', automations.name, { is: 'text' })], {}),
    table(
      'projects',
      projects,
      [
        need('projects.name', projects.name, { is: 'text' }),
        need('projects.status', statusColumn(projects.status), statusNeed(mapping, projects.status, 'build')),
        need('projects.checklistProgress', projects.checklistProgress, { is: 'integer' }),
        need('projects.updatedAt', projects.updatedAt, { is: 'time' }),
        ...linkOf('projects'),
      ],
      {
        locks: true,
        update: [statusColumn(projects.status), projects.checklistProgress, projects.updatedAt],
        lookups: linkOf('projects').map(({ column }) => [column]),
      },
    ),
    table(
      'automationVersions',
      versions,
      [
        need('automationVersions.automationId', versions.automationId, { is: 'id' }),
        need(
          'automationVersions.status',
          statusColumn(versions.status),
          statusNeed(mapping, versions.status, 'build'),
        ),
        need('automationVersions.blueprint', versions.blueprint, { is: 'document' }),
        need('automationVersions.updatedAt', versions.updatedAt, { is: 'time' }),
        ...linkOf('automationVersions'),
      ],
      {
        locks: true,
        update: [statusColumn(versions.status), versions.updatedAt],
        lookups: linkOf('automationVersions').map(({ column }) => [column]),
      },
    ),
    table(
      'quotes',
      quotes,
      [
        need('quotes.automationVersionId', quotes.automationVersionId, { is: 'id' }),
        need('quotes.status', statusColumn(quotes.status), statusNeed(mapping, quotes.status, 'quote')),
        ...(quotes.expiresAt === null ? [] : [need('quotes.expiresAt', quotes.expiresAt, { is: 'time' })]),
      ],
      // Nothing is ever written to quotes, but Postgres requires the privilege to update a column for a row lock.
      { locks: true, update: [quotes.id], lookups: [[quotes.automationVersionId]] },
    ),
    table('tasks', tasks, [...taskColumns, blockerColumn, ...also], {
      locks: true,
      insert: [...new Set(newTask)],
      update: [statusColumn(tasks.status)],
      lookups: ['type' in taskProject ? [taskProject.type, taskProject.id] : [taskProject.id]],
    }),
    table('auditLogs', auditLogs, auditColumns, {
      insert: [
        ...(auditLogs.idFrom === 'library' ? [auditLogs.id] : []),
        auditLogs.tenantId,
        ...auditColumns.map(({ column }) => column),
      ],
      // An entry is never looked up by its id, which no index of a table partitioned by time has alone.
      unique: [],
      lookups: [[auditLogs.tenantId, auditLogs.resourceId]],
    }),
  ];
}
