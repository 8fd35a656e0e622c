/** Rows of the host's tables, with the default names in camelCase. */
export interface MemoryHostRows {
  /** What is automated; each has versions. */
  readonly automations: readonly {
    /** The id of the row: any text. */
    readonly id: string;
    /** Whose row it is. */
    readonly tenantId: string;
    /** What people call it. */
    readonly name: string;
  }[];
  /** The projects that versions are built in. */
  readonly projects: readonly {
    /** The id of the row: any text. */
    readonly id: string;
    /** Whose row it is. */
    readonly tenantId: string;
    /** The automation that it belongs to. */
    readonly automationId: string;
    /** What people call it. */
    readonly name: string;
    /** A word of the flows, such as `Ready for Build`, `signed` or `pending`. */
    readonly status: string;
    /** In percent, from 0 to 100. */
    readonly checklistProgress: number;
    /** The person who owns the project; `null`: nobody. */
    readonly ownerId: string | null;
  }[];
  /** The versions, each with its blueprint. */
  readonly automationVersions: readonly {
    /** The id of the row: any text. */
    readonly id: string;
    /** Whose row it is. */
    readonly tenantId: string;
    /** The automation that it belongs to. */
    readonly automationId: string;
    /** `null` if the version belongs to no project. */
    readonly projectId: string | null;
    /** A word of the flows, such as `Ready for Build`, `signed` or `pending`. */
    readonly status: string;
    /** The blueprint as JSON. */
    readonly blueprintJson: unknown;
  }[];
  /** The quotes of versions; a build needs a signed one. */
  readonly quotes: readonly {
    /** The id of the row: any text. */
    readonly id: string;
    /** Whose row it is. */
    readonly tenantId: string;
    /** The version that it is for. */
    readonly automationVersionId: string;
    /** A word of the flows, such as `Ready for Build`, `signed` or `pending`. */
    readonly status: string;
    /** ISO 8601; `null` if it never expires. */
    readonly expiresAt: string | null;
  }[];
  /** The checklists, and what blocks a build. */
  readonly tasks: readonly {
    /** The id of the row: any text. */
    readonly id: string;
    /** Whose row it is. */
    readonly tenantId: string;
    /** What the task belongs to: `project`. */
    readonly contextType: string;
    /** The id of what the task belongs to. */
    readonly contextId: string;
    /** What sort of task it is: `build_checklist` for those of a checklist. */
    readonly kind: string;
    /** Tells the task from every other of its project. */
    readonly templateSlug: string;
    /** `integration` or `manual`; `null`: neither. */
    readonly category: string | null;
    /** What a person reads. */
    readonly title: string;
    /** A word of the flows, such as `Ready for Build`, `signed` or `pending`. */
    readonly status: string;
    /** Whether no build may start while the task is pending. */
    readonly isBlocker: boolean;
  }[];
}

/** The name of a host table. */
export type MemoryHostTable = keyof MemoryHostRows;

/** A row of a host table. */
export type MemoryHostRow<Table extends MemoryHostTable> = MemoryHostRows[Table][number];
