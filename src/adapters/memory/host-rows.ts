/** Rows of the host's tables, with the default names in camelCase. */
export interface MemoryHostRows {
  readonly automations: readonly { readonly id: string; readonly tenantId: string; readonly name: string }[];
  readonly projects: readonly {
    readonly id: string;
    readonly tenantId: string;
    readonly automationId: string;
    readonly name: string;
    readonly status: string;
    /** In percent, from 0 to 100. */
    readonly checklistProgress: number;
    readonly ownerId: string | null;
  }[];
  readonly automationVersions: readonly {
    readonly id: string;
    readonly tenantId: string;
    readonly automationId: string;
    /** `null` if the version belongs to no project. */
    readonly projectId: string | null;
    readonly status: string;
    readonly blueprintJson: unknown;
  }[];
  readonly quotes: readonly {
    readonly id: string;
    readonly tenantId: string;
    readonly automationVersionId: string;
    readonly status: string;
    /** ISO 8601; `null` if it never expires. */
    readonly expiresAt: string | null;
  }[];
  readonly tasks: readonly {
    readonly id: string;
    readonly tenantId: string;
    readonly contextType: string;
    readonly contextId: string;
    readonly kind: string;
    readonly templateSlug: string;
    readonly category: string | null;
    readonly title: string;
    readonly status: string;
    readonly isBlocker: boolean;
  }[];
}

/** The name of a host table. */
export type MemoryHostTable = keyof MemoryHostRows;

/** A row of a host table. */
export type MemoryHostRow<Table extends MemoryHostTable> = MemoryHostRows[Table][number];
