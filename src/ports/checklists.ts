import type { ChecklistTaskFacts } from '../core/build/facts.js';

/** The checklists of the host's projects, for recomputing their progress. */
export interface Checklists<Tx> {
  /**
   * Locks the project until `tx` ends, then reads its checklist; `null` if the tenant has no such project. Where each version
   * has a checklist of its own, that of the version that is being built, or was built last.
   *
   * The race: if another transaction has locked the project, this waits for it, or with `wait: false` returns `busy` at
   * once. A transaction that holds other rows must not wait: whoever has the project may be waiting for one of them.
   */
  readonly lockChecklist: (
    tx: Tx,
    project: { readonly tenantId: string; readonly projectId: string },
    options: { readonly wait: boolean },
  ) => Promise<readonly ChecklistTaskFacts[] | 'busy' | null>;

  /** Writes the progress of a project that `tx` has locked. The row version changes even if the number does not. */
  readonly saveProgress: (
    tx: Tx,
    project: { readonly tenantId: string; readonly projectId: string; readonly checklistProgress: number },
  ) => Promise<void>;
}
