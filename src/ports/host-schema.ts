/** What a storage knows of the host's tables. */
export interface HostSchema {
  /**
   * Whether a text can be an id of the host here. Asked for whoever stands in a decision before the decision is made,
   * since an id that no column takes would fail the statement, and with it every decision of its batch.
   */
  readonly isHostId: (id: string) => boolean;

  /**
   * Compares what the adapter needs with what is there, and lists what does not fit, each a sentence with the fix.
   * Absent where nothing can be wrong. Rejects when the database cannot be reached.
   */
  readonly verify?: () => Promise<readonly string[]>;
}
