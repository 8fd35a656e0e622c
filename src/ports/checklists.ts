import type { ChecklistTaskFacts } from '../core/build/facts.js';

/** The checklists of the host's projects, for recomputing their progress. */
export interface Checklists<Tx> {
  /**
   * Locks the project until `tx` ends, waiting for other locks, then reads its checklist; `null` if the tenant has no
   * such project.
   */
  readonly lockChecklist: (
    tx: Tx,
    project: { readonly tenantId: string; readonly projectId: string },
  ) => Promise<readonly ChecklistTaskFacts[] | null>;

  /** Writes the progress of a project that `tx` has locked. The row version changes even if the number does not. */
  readonly saveProgress: (
    tx: Tx,
    project: { readonly tenantId: string; readonly projectId: string; readonly checklistProgress: number },
  ) => Promise<void>;
}
