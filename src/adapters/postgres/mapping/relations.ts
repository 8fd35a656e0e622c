import { quoted } from '../sql/quoting.js';
import { type ReadTable, readStatus, tableName } from './columns.js';
import { conditionsOn } from './conditions.js';
import type { CompleteMapping } from './host-mapping.js';
import { namesVersions, parentConditions, taskColumns, taskConditions } from './task-relation.js';

/**
 * The host's tables as relations in the flows' names, to be read, joined and locked under an alias. Postgres flattens such a
 * subquery before planning, so it can use indexes, and `for no key update` locks the actual rows. They have the rows that
 * exist for the library; where a row was written since the snapshot, a lock checks the conditions again.
 *
 * `row_version` identifies the stored state of a row: it changes with every write.
 */
export interface HostRelations {
  readonly automations: string;
  readonly projects: string;
  readonly versions: string;
  readonly quotes: string;
  readonly tasks: string;
  readonly auditLogs: string;
  /**
   * The same with the rows that do not exist for the library, to be locked and compared by `row_version`. The race: a row that
   * is soft-deleted between the snapshot and the lock is then seen to be another one, and not taken for one that is locked.
   */
  readonly all: Readonly<Record<'projects' | 'versions' | 'quotes', string>>;
  /** Whether a version and a project belong together, tenant included, by their aliases. */
  readonly belongsTo: (version: string, project: string) => string;
  /** Whether a task belongs to a build, by its alias: alternatives that exclude each other. */
  readonly ofBuild: (
    task: string,
    equals: Readonly<Record<'project' | 'version', (column: string) => string>>,
  ) => readonly string[];
  /** Whether tasks can name versions, and not projects alone. */
  readonly tasksNameVersions: boolean;
}

type Columns = Readonly<Record<string, string>>;

const relation = (table: string, columns: Columns, conditions: readonly string[] = []): string => {
  const list = Object.entries(columns).map(([name, read]) => `${read} as ${name}`);
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  return `(select ${list.join(', ')} from ${table} x${where})`;
};

const VERSION_OF_ROW = 'x.xmin::text';

/** The relations of a host. */
export function hostRelations(host: CompleteMapping): HostRelations {
  const { automations, projects, automationVersions: versions, quotes, tasks, auditLogs, projectLink } = host;
  const column = (name: string) => `x.${quoted(name)}`;
  const ids = (table: { id: string; tenantId: string }) => ({
    id: column(table.id),
    tenant_id: column(table.tenantId),
  });
  const all = (table: ReadTable, columns: Columns) =>
    relation(tableName(host, table), { ...ids(table), ...columns });
  const existing = (table: ReadTable, columns: Columns, conditions: readonly string[] = []) =>
    relation(tableName(host, table), { ...ids(table), ...columns }, [
      ...conditions,
      ...conditionsOn('x', table.where),
    ]);
  const link = column(projectLink.column);
  const versionPoints = projectLink.in === 'automationVersions';
  const ofProject = {
    name: column(projects.name),
    status: readStatus(projects.status),
    ...(versionPoints ? {} : { automation_version_id: link }),
    row_version: VERSION_OF_ROW,
  };
  const ofVersion = {
    automation_id: column(versions.automationId),
    status: readStatus(versions.status),
    blueprint: `${column(versions.blueprint)}::text`,
    updated_at: versions.updatedAt === null ? 'null::timestamptz' : column(versions.updatedAt),
    ...(versionPoints ? { project_id: link } : {}),
    row_version: VERSION_OF_ROW,
  };
  const ofQuote = {
    automation_version_id: column(quotes.automationVersionId),
    status: readStatus(quotes.status),
    expires_at: quotes.expiresAt === null ? 'null::timestamptz' : column(quotes.expiresAt),
    row_version: VERSION_OF_ROW,
  };
  return {
    automations: existing(automations, { name: column(automations.name) }),
    projects: existing(projects, ofProject),
    versions: existing(versions, ofVersion),
    quotes: existing(quotes, ofQuote),
    tasks: existing(tasks, taskColumns(tasks), parentConditions(tasks)),
    auditLogs: relation(tableName(host, auditLogs), {
      ...ids(auditLogs),
      user_id: column(auditLogs.userId),
      action_type: `${column(auditLogs.actionType)}::text`,
      resource_type: `${column(auditLogs.resourceType)}::text`,
      resource_id: column(auditLogs.resourceId),
      metadata: column(auditLogs.metadata),
      created_at: column(auditLogs.createdAt),
    }),
    all: {
      projects: all(projects, ofProject),
      versions: all(versions, ofVersion),
      quotes: all(quotes, ofQuote),
    },
    belongsTo: (version, project) => {
      const pointing = versionPoints
        ? `${project}.id = ${version}.project_id`
        : `${project}.automation_version_id = ${version}.id`;
      return `${pointing} and ${project}.tenant_id = ${version}.tenant_id`;
    },
    ofBuild: (task, equals) => taskConditions(tasks, task, equals),
    tasksNameVersions: namesVersions(tasks),
  };
}
