import type { ChecklistTaskFacts } from '../core/build/facts.js';

/** The checklists of the host's projects, for whoever changes a task of one. */
export interface Checklists<Tx> {
  /**
   * Locks the project, so that nobody else changes it before `tx` ends, and then reads the checklist that hangs on it;
   * `null` when the tenant has no such project. It waits for whoever holds the project.
   */
  readonly lockChecklist: (
    tx: Tx,
    project: { readonly tenantId: string; readonly projectId: string },
  ) => Promise<readonly ChecklistTaskFacts[] | null>;

  /** Writes the progress of a project that `tx` has locked, and moves its row version, even when the number stays. */
  readonly saveProgress: (
    tx: Tx,
    project: { readonly tenantId: string; readonly projectId: string; readonly checklistProgress: number },
  ) => Promise<void>;
}
