import type { ChecklistPolicy } from '../core/blueprint/checklist.js';

/** What a host has besides its tables, as far as it changes what is read and written there. */
export interface HostRules {
  /**
   * The statuses that a build may start from.
   *
   * @default the first of the default ones, and each of the others that the host has
   */
  readonly startableStatuses?: readonly string[] | undefined;
  /**
   * The checklist of a build.
   *
   * @default `defaultChecklist`
   */
  readonly checklist?: ChecklistPolicy | undefined;
}

/** What a storage knows about the host's tables. */
export interface HostSchema {
  /**
   * Whether a text can be an id of the host. Every id in a decision is checked beforehand, since an id that no column
   * accepts would fail the statement, and every decision of its batch.
   */
  readonly isHostId: (id: string) => boolean;

  /**
   * The flows' word for a label of a version's status, as the host's own screens and clients name it; any other text comes back
   * as it is. Absent if the host has no labels of its own.
   */
  readonly versionStatusOf?: (label: string) => string;

  /**
   * Compares what the adapter needs with the live schema, and lists each mismatch as a sentence with its fix. It may try a
   * made-up build, as long as nothing of it stays. Absent if nothing can mismatch. Rejects if the database cannot be reached.
   */
  readonly verify?: (rules?: HostRules) => Promise<readonly string[]>;
}
