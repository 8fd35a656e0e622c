import { literal, quoted } from '../sql/quoting.js';
import { readColumn, readStatus, tableName } from './columns.js';
import type { CompleteMapping } from './host-mapping.js';

/**
 * The host's tables as relations in the flows' names, to be read, joined and locked under an alias. Postgres flattens such a
 * subquery before planning, so it can use indexes, and `for no key update` locks the actual rows.
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
  /** Whether a version and a project belong together, tenant included, by their aliases. */
  readonly belongsTo: (version: string, project: string) => string;
}

const relation = (table: string, columns: Readonly<Record<string, string>>): string => {
  const list = Object.entries(columns).map(([name, read]) => `${read} as ${name}`);
  return `(select ${list.join(', ')} from ${table} x)`;
};

const VERSION_OF_ROW = 'x.xmin::text';

/** The relations of a host. */
export function hostRelations(host: CompleteMapping): HostRelations {
  const { automations, projects, automationVersions: versions, quotes, tasks, auditLogs, projectLink } = host;
  const column = (name: string) => `x.${quoted(name)}`;
  const tenant = (table: { id: string; tenantId: string }) => ({
    id: column(table.id),
    tenant_id: column(table.tenantId),
  });
  const link = column(projectLink.column);
  const versionPoints = projectLink.in === 'automationVersions';
  return {
    automations: relation(tableName(host, automations), {
      ...tenant(automations),
      name: column(automations.name),
    }),
    projects: relation(tableName(host, projects), {
      ...tenant(projects),
      name: column(projects.name),
      status: readStatus(projects.status),
      ...(versionPoints ? {} : { automation_version_id: link }),
      row_version: VERSION_OF_ROW,
    }),
    versions: relation(tableName(host, versions), {
      ...tenant(versions),
      automation_id: column(versions.automationId),
      status: readStatus(versions.status),
      blueprint: `${column(versions.blueprint)}::text`,
      updated_at: column(versions.updatedAt),
      ...(versionPoints ? { project_id: link } : {}),
      row_version: VERSION_OF_ROW,
    }),
    quotes: relation(tableName(host, quotes), {
      ...tenant(quotes),
      automation_version_id: column(quotes.automationVersionId),
      status: readStatus(quotes.status),
      expires_at: quotes.expiresAt === null ? 'null::timestamptz' : column(quotes.expiresAt),
      row_version: VERSION_OF_ROW,
    }),
    tasks: taskRelation(host, tasks, { ...tenant(tasks) }),
    auditLogs: relation(tableName(host, auditLogs), {
      ...tenant(auditLogs),
      user_id: column(auditLogs.userId),
      action_type: `${column(auditLogs.actionType)}::text`,
      resource_type: `${column(auditLogs.resourceType)}::text`,
      resource_id: column(auditLogs.resourceId),
      metadata: column(auditLogs.metadata),
      created_at: column(auditLogs.createdAt),
    }),
    belongsTo: (version, project) => {
      const pointing = versionPoints
        ? `${project}.id = ${version}.project_id`
        : `${project}.automation_version_id = ${version}.id`;
      return `${pointing} and ${project}.tenant_id = ${version}.tenant_id`;
    },
  };
}

function taskRelation(
  host: CompleteMapping,
  tasks: CompleteMapping['tasks'],
  ids: Record<string, string>,
): string {
  const { project, blocker } = tasks;
  const all = relation(tableName(host, tasks), {
    ...ids,
    project_id: `x.${quoted(typeof project === 'string' ? project : project.id)}`,
    kind: readColumn(tasks.kind),
    template_slug: readColumn(tasks.slug),
    category: readColumn(tasks.category),
    title: `x.${quoted(tasks.title)}`,
    status: readStatus(tasks.status),
    is_blocker:
      typeof blocker === 'string'
        ? `x.${quoted(blocker)}`
        : `x.${quoted(blocker.column)}::text is not distinct from ${literal(blocker.equals)}`,
  });
  if (typeof project === 'string') return all;
  return `${all.slice(0, -1)} where x.${quoted(project.type)}::text = ${literal(project.is)})`;
}
