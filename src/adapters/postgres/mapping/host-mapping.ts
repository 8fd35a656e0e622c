/** A column of a table, or a path inside one of its JSON columns. */
export type ColumnReference =
  | string
  | { readonly column: string; readonly path: readonly [string, ...string[]] };

/**
 * A status column.
 *
 * `labels` maps a word to the host's label: `{ 'Build in Progress': 'BuildInProgress' }`. If there are several labels, the
 * first one is written, and all of them are read as that word. Words and labels that are not mapped stay as they are.
 */
export type StatusColumn =
  | string
  | {
      readonly column: string;
      /** The name of the column's Postgres enum; leave it out for text. */
      readonly enum?: string;
      /**
       * The schema of the enum.
       *
       * @default the schema of the host's tables
       */
      readonly enumSchema?: string;
      readonly labels?: Readonly<Record<string, string | readonly [string, ...string[]]>>;
    };

/** A table of the host. */
interface MappedTable {
  readonly table: string;
  /** @default the schema of the host's tables */
  readonly schema?: string;
  readonly id: string;
  readonly tenantId: string;
}

/** The complete mapping of the host's tables. A host states its differences as a {@link HostMapping}. */
export interface CompleteMapping {
  /** The schema of the host's tables. */
  readonly schema: string;
  /** The type of the host's ids: tenants, users and rows. */
  readonly ids: 'uuid' | 'text';
  readonly automations: MappedTable & { readonly name: string };
  readonly projects: MappedTable & {
    readonly name: string;
    readonly status: StatusColumn;
    readonly checklistProgress: string;
    readonly updatedAt: string;
  };
  readonly automationVersions: MappedTable & {
    readonly automationId: string;
    readonly status: StatusColumn;
    /** A `jsonb`, `json` or `text` column. */
    readonly blueprint: string;
    readonly updatedAt: string;
  };
  /** Which of the two tables refers to the other, and by which column. */
  readonly projectLink: { readonly in: 'automationVersions' | 'projects'; readonly column: string };
  readonly quotes: MappedTable & {
    readonly automationVersionId: string;
    /** The word that matters is `signed`. */
    readonly status: StatusColumn;
    /** `null` if quotes do not expire. */
    readonly expiresAt: string | null;
  };
  readonly tasks: MappedTable & {
    /** The column of the project's id; or a type column and an id column, if tasks can belong to different things. */
    readonly project: string | { readonly type: string; readonly is: string; readonly id: string };
    readonly kind: ColumnReference;
    readonly slug: ColumnReference;
    readonly category: ColumnReference;
    readonly title: string;
    /** The words that matter are `pending` and `complete`. */
    readonly status: StatusColumn;
    /** What marks a blocker: a boolean column, or a column that equals a label. */
    readonly blocker: string | { readonly column: string; readonly equals: string };
    /** Values for further columns of a new checklist task. */
    readonly also: Readonly<Record<string, string | number | boolean>>;
  };
  readonly auditLogs: MappedTable & {
    /** `library`: the library generates ids of the host's type. `database`: the column has a default. */
    readonly idFrom: 'library' | 'database';
    readonly userId: string;
    readonly actionType: string;
    readonly resourceType: string;
    readonly resourceId: string;
    readonly metadata: string;
    readonly createdAt: string;
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
 * const host: HostMapping = {
 *   projects: { table: 'engagements', status: { column: 'state', enum: 'flow_state', labels: { 'Build in Progress': 'BuildInProgress' } } },
 *   projectLink: { in: 'projects', column: 'process_version_id' },
 *   tasks: { project: 'engagement_id', kind: { column: 'metadata', path: ['kind'] }, blocker: { column: 'priority', equals: 'blocker' } },
 * };
 * ```
 */
export type HostMapping = {
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
  automations: { table: 'automations', id: 'id', tenantId: 'tenant_id', name: 'name' },
  projects: {
    table: 'projects',
    id: 'id',
    tenantId: 'tenant_id',
    name: 'name',
    status: 'status',
    checklistProgress: 'checklist_progress',
    updatedAt: 'updated_at',
  },
  automationVersions: {
    table: 'automation_versions',
    id: 'id',
    tenantId: 'tenant_id',
    automationId: 'automation_id',
    status: 'status',
    blueprint: 'blueprint_json',
    updatedAt: 'updated_at',
  },
  projectLink: { in: 'automationVersions', column: 'project_id' },
  quotes: {
    table: 'quotes',
    id: 'id',
    tenantId: 'tenant_id',
    automationVersionId: 'automation_version_id',
    status: 'status',
    expiresAt: 'expires_at',
  },
  tasks: {
    table: 'tasks',
    id: 'id',
    tenantId: 'tenant_id',
    project: { type: 'context_type', is: 'project', id: 'context_id' },
    kind: 'kind',
    slug: 'template_slug',
    category: 'category',
    title: 'title',
    status: 'status',
    blocker: 'is_blocker',
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
  },
};

/** The default tables with the host's differences. */
export function completeMapping(host: HostMapping = {}): CompleteMapping {
  const given = DEFAULT_MAPPING;
  return {
    schema: host.schema ?? given.schema,
    ids: host.ids ?? given.ids,
    automations: { ...given.automations, ...host.automations },
    projects: { ...given.projects, ...host.projects },
    automationVersions: { ...given.automationVersions, ...host.automationVersions },
    projectLink: host.projectLink ?? given.projectLink,
    quotes: { ...given.quotes, ...host.quotes },
    tasks: { ...given.tasks, ...host.tasks },
    auditLogs: { ...given.auditLogs, ...host.auditLogs },
  };
}
