import type {
  ColumnCondition,
  ColumnReference,
  Constant,
  ParentReference,
  StatusColumn,
  TaskValue,
} from './mapped-columns.js';

/** A table of the host. */
interface MappedTable {
  /** The name of the table. */
  readonly table: string;
  /**
   * The schema of this table.
   *
   * @default the schema of the host's tables
   */
  readonly schema?: string;
  /** The column of the primary key. */
  readonly id: string;
  /** The column of the tenant's id. */
  readonly tenantId: string;
}

/** A table of the host whose rows are read, and what a row must be to exist for the library. */
interface ReadTable extends MappedTable {
  /**
   * Conditions by the names of their columns, which all have to hold. A row that fails one does not exist for the library: it
   * is not found, does not count and is not written. Soft deletion: `{ deleted_at: { isNull: true } }`.
   *
   * @default every row exists
   */
  readonly where: Readonly<Record<string, ColumnCondition>>;
}

/** The complete mapping of the host's tables. A host states its differences as a {@link HostMapping}. */
export interface CompleteMapping {
  /** The schema of the host's tables. */
  readonly schema: string;
  /** The type of the host's ids: tenants, users and rows. */
  readonly ids: 'uuid' | 'text';
  /** What is automated; each has versions. */
  readonly automations: ReadTable & {
    /** The column of the name that people read. */
    readonly name: string;
  };
  /** The projects that versions are built in. */
  readonly projects: ReadTable & {
    /** The column of the name that people read. */
    readonly name: string;
    /** The column of the status. */
    readonly status: StatusColumn;
    /** The column of the progress, a number from 0 to 100. */
    readonly checklistProgress: string;
    /** The column of the time of the last change; `null`: the library writes none. */
    readonly updatedAt: string | null;
  };
  /** The versions, each with its blueprint. */
  readonly automationVersions: ReadTable & {
    /** The column of the automation's id. */
    readonly automationId: string;
    /** The column of the status. */
    readonly status: StatusColumn;
    /** A `jsonb`, `json` or `text` column. */
    readonly blueprint: string;
    /** The column of the time of the last change; `null`: there is none, and `lastKnownUpdatedAt` cannot be compared. */
    readonly updatedAt: string | null;
  };
  /** Which of the two tables refers to the other, and by which column. */
  readonly projectLink: {
    /** The table that refers to the other. */
    readonly in: 'automationVersions' | 'projects';
    /** The column with the id of the other. */
    readonly column: string;
  };
  /** The quotes of versions. */
  readonly quotes: ReadTable & {
    /** The column of the version's id. */
    readonly automationVersionId: string;
    /** The word that matters is `signed`. */
    readonly status: StatusColumn;
    /** `null` if quotes do not expire. */
    readonly expiresAt: string | null;
  };
  /** The tasks of projects and versions: checklists, and what blocks a build. */
  readonly tasks: ReadTable & {
    /** Where a task names its project; `null`: tasks name versions alone. */
    readonly project: ParentReference | null;
    /**
     * Where a task names its version; `null`: tasks name projects alone. A task that names a version belongs to the build of
     * that version, whatever project it names; one that names only a project belongs to the builds of all its versions.
     */
    readonly automationVersion: ParentReference | null;
    /** The column of the sort of task: `build_checklist` for those of a checklist. */
    readonly kind: ColumnReference;
    /** The column of the slug, which tells a task from every other of its checklist. */
    readonly slug: ColumnReference;
    /** The column of the category: `integration` or `manual`. */
    readonly category: ColumnReference;
    /** The column of the title that people read. */
    readonly title: string;
    /** The words that matter are `pending` and `complete`. */
    readonly status: StatusColumn;
    /** What marks a blocker: a boolean column, or a column that equals a label. */
    readonly blocker:
      | string
      | {
          /** The column that is compared. */
          readonly column: string;
          /** The label that it has in a blocker. */
          readonly equals: string;
        };
    /** The column of the time of the last change; `null`: the library writes none. */
    readonly updatedAt: string | null;
    /**
     * Values for further columns of a new checklist task. It has to fulfil `where`: what that says of `equals` is written by
     * itself, the rest is for a default of the column or for a value here.
     */
    readonly also: Readonly<Record<string, TaskValue>>;
  };
  /** The audit log that entries are added to. */
  readonly auditLogs: MappedTable & {
    /** `library`: the library generates ids of the host's type. `database`: the column has a default. */
    readonly idFrom: 'library' | 'database';
    /** The column of the person's id; `null`: the library itself. */
    readonly userId: string;
    /** The column of what was done. */
    readonly actionType: string;
    /** The column of the sort of thing that it was done to. */
    readonly resourceType: string;
    /** The column of the id of the thing that it was done to. */
    readonly resourceId: string;
    /** The JSON column of the details. */
    readonly metadata: string;
    /** The column of the time of the entry. */
    readonly createdAt: string;
    /** Constants for further columns of an entry. */
    readonly also: Readonly<Record<string, Constant>>;
  };
}

type Differences<Table> = { readonly [Key in keyof Table]?: Table[Key] };

/**
 * How the host's tables differ from `DEFAULT_MAPPING`. Give only the differences.
 *
 * Names are always quoted, so every valid Postgres name is allowed.
 *
 * @example
 * ```ts
 * import type { HostMapping } from 'wrk-builds/postgres';
 *
 * const host: HostMapping = {
 *   projects: { table: 'engagements', status: { column: 'state', enum: 'flow_state', labels: { 'Build in Progress': 'BuildInProgress' } } },
 *   projectLink: { in: 'projects', column: 'process_version_id' },
 *   quotes: { where: { deleted_at: { isNull: true }, quote_type: { equals: 'build' }, price: { isNull: false } } },
 *   tasks: { project: 'engagement_id', kind: { column: 'metadata', path: ['kind'] }, blocker: { column: 'priority', equals: 'blocker' } },
 * };
 * ```
 */
export type HostMapping = {
  /**
   * The column of the tenant's id, in every table that does not name its own.
   *
   * @default 'tenant_id'
   */
  readonly tenantId?: string;
} & {
  readonly [Key in keyof CompleteMapping]?: CompleteMapping[Key] extends string
    ? CompleteMapping[Key]
    : Key extends 'projectLink'
      ? CompleteMapping[Key]
      : Differences<CompleteMapping[Key]>;
};

/** The tables with the names from the flows. */
export const DEFAULT_MAPPING: CompleteMapping = {
  schema: 'public',
  ids: 'uuid',
  automations: { table: 'automations', id: 'id', tenantId: 'tenant_id', name: 'name', where: {} },
  projects: {
    table: 'projects',
    id: 'id',
    tenantId: 'tenant_id',
    name: 'name',
    status: 'status',
    checklistProgress: 'checklist_progress',
    updatedAt: 'updated_at',
    where: {},
  },
  automationVersions: {
    table: 'automation_versions',
    id: 'id',
    tenantId: 'tenant_id',
    automationId: 'automation_id',
    status: 'status',
    blueprint: 'blueprint_json',
    updatedAt: 'updated_at',
    where: {},
  },
  projectLink: { in: 'automationVersions', column: 'project_id' },
  quotes: {
    table: 'quotes',
    id: 'id',
    tenantId: 'tenant_id',
    automationVersionId: 'automation_version_id',
    status: 'status',
    expiresAt: 'expires_at',
    where: {},
  },
  tasks: {
    table: 'tasks',
    id: 'id',
    tenantId: 'tenant_id',
    project: { type: 'context_type', is: 'project', id: 'context_id' },
    automationVersion: null,
    kind: 'kind',
    slug: 'template_slug',
    category: 'category',
    title: 'title',
    status: 'status',
    blocker: 'is_blocker',
    updatedAt: null,
    where: {},
    also: {},
  },
  auditLogs: {
    table: 'audit_logs',
    id: 'id',
    idFrom: 'library',
    tenantId: 'tenant_id',
    userId: 'user_id',
    actionType: 'action_type',
    resourceType: 'resource_type',
    resourceId: 'resource_id',
    metadata: 'metadata_json',
    createdAt: 'created_at',
    also: {},
  },
};

/** The default tables with the host's differences. */
export function completeMapping(host: HostMapping = {}): CompleteMapping {
  const given = DEFAULT_MAPPING;
  const tenant = host.tenantId === undefined ? {} : { tenantId: host.tenantId };
  return {
    schema: host.schema ?? given.schema,
    ids: host.ids ?? given.ids,
    automations: { ...given.automations, ...tenant, ...stated(host.automations) },
    projects: { ...given.projects, ...tenant, ...stated(host.projects) },
    automationVersions: { ...given.automationVersions, ...tenant, ...stated(host.automationVersions) },
    projectLink: host.projectLink ?? given.projectLink,
    quotes: { ...given.quotes, ...tenant, ...stated(host.quotes) },
    tasks: { ...given.tasks, ...tenant, ...stated(host.tasks) },
    auditLogs: { ...given.auditLogs, ...tenant, ...stated(host.auditLogs) },
  };
}

/** What is `undefined` is left out, as options are everywhere. */
function stated<Differences extends object>(differences: Differences | undefined): Differences {
  return Object.fromEntries(
    Object.entries(differences ?? {}).filter(([, value]) => value !== undefined),
  ) as Differences;
}
