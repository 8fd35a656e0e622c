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
   * Compares what the adapter needs with the live schema, and lists each mismatch as a sentence with its fix. Absent if
   * nothing can mismatch. Rejects if the database cannot be reached.
   */
  readonly verify?: () => Promise<readonly string[]>;
}
