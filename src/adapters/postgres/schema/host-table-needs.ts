import { type ReadTable, statusColumn } from '../mapping/columns.js';
import type { CompleteMapping } from '../mapping/host-mapping.js';
import type { ColumnReference, ParentReference } from '../mapping/mapped-columns.js';
import { newTaskColumnNames } from '../mapping/new-task.js';
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
      readonly where?: ReadTable['where'];
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
      ...Object.keys(mapped.where ?? {}).map((column) => need(`${mappedBy}.where`, column, { is: 'any' })),
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

  const taskColumns = [
    ...parentNeeds('tasks.project', tasks.project),
    ...parentNeeds('tasks.automationVersion', tasks.automationVersion),
    column('tasks.kind', tasks.kind),
    column('tasks.slug', tasks.slug),
    column('tasks.category', tasks.category),
    need('tasks.title', tasks.title, { is: 'text' }),
    need('tasks.status', statusColumn(tasks.status), statusNeed(mapping, tasks.status, 'task')),
    typeof tasks.blocker === 'string'
      ? need('tasks.blocker', tasks.blocker, { is: 'boolean' })
      : need('tasks.blocker', tasks.blocker.column, { is: 'any' }),
    ...updatedAtNeeds('tasks.updatedAt', tasks.updatedAt),
    ...alsoNeeds('tasks.also', tasks.also),
  ];

  const auditColumns = [
    need('auditLogs.userId', auditLogs.userId, { is: 'id' }),
    need('auditLogs.actionType', auditLogs.actionType, { is: 'text' }),
    need('auditLogs.resourceType', auditLogs.resourceType, { is: 'text' }),
    need('auditLogs.resourceId', auditLogs.resourceId, { is: 'id' }),
    need('auditLogs.metadata', auditLogs.metadata, { is: 'json' }),
    need('auditLogs.createdAt', auditLogs.createdAt, { is: 'time' }),
    ...alsoNeeds('auditLogs.also', auditLogs.also),
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
        ...updatedAtNeeds('projects.updatedAt', projects.updatedAt),
        ...linkOf('projects'),
      ],
      {
        locks: true,
        update: present(statusColumn(projects.status), projects.checklistProgress, projects.updatedAt),
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
        ...updatedAtNeeds('automationVersions.updatedAt', versions.updatedAt),
        ...linkOf('automationVersions'),
      ],
      {
        locks: true,
        update: present(statusColumn(versions.status), versions.updatedAt),
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
    table('tasks', tasks, taskColumns, {
      locks: true,
      insert: newTaskColumnNames(mapping),
      update: present(statusColumn(tasks.status), tasks.updatedAt),
      lookups: parentLookups(tasks.project, tasks.automationVersion),
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

/** The columns by which a row names its parent: the id, then the type if there is one. */
function parentNeeds(mappedBy: string, parent: ParentReference | null): readonly ColumnNeed[] {
  if (parent === null) return [];
  if (typeof parent === 'string') return [need(mappedBy, parent, { is: 'id' })];
  return [need(mappedBy, parent.id, { is: 'id' }), need(mappedBy, parent.type, { is: 'any' })];
}

/** The columns that tasks are looked up by; where both kinds of parents are named in the same ones, once. */
function parentLookups(...parents: readonly (ParentReference | null)[]): readonly (readonly string[])[] {
  const lookups = parents.flatMap((parent) => {
    if (parent === null) return [];
    return [typeof parent === 'string' ? [parent] : [parent.type, parent.id]];
  });
  return [...new Map(lookups.map((columns) => [JSON.stringify(columns), columns])).values()];
}

const updatedAtNeeds = (mappedBy: string, column: string | null) =>
  column === null ? [] : [need(mappedBy, column, { is: 'time' })];

const alsoNeeds = (mappedBy: string, also: Readonly<Record<string, unknown>>) =>
  Object.keys(also).map((column) => need(mappedBy, column, { is: 'any' }));

const present = (...columns: readonly (string | null)[]) => columns.filter((column) => column !== null);
