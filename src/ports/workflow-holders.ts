import type { BuildReference } from './repository.js';

/** Finds the build that holds a workflow. */
export interface WorkflowHolders {
  /**
   * Reads which build holds the workflow, of whatever tenant; `null` for none. The answer is for the library alone: it never
   * reaches another tenant.
   *
   * The race: it reads what is committed, so that after a verdict `workflow_taken` it finds the build behind it, unless that
   * has given the workflow up since.
   */
  readonly findHolder: (workflowId: string) => Promise<BuildReference | null>;
}
