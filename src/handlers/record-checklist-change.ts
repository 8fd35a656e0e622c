import { err, ok, type Result } from 'neverthrow';
import { checklistProgress } from '../core/blueprint/checklist.js';
import type { Repository } from '../ports/repository.js';

/** Why the progress of a project was not written anew. */
export type ChecklistError =
  | { readonly code: 'project_not_found'; readonly message: string }
  | { readonly code: 'concurrency_conflict'; readonly message: string };

/** A project's progress after a change of its checklist. */
export interface ProjectProgress {
  /** Percentage of complete `build_checklist` tasks, rounded down; without tasks 0. */
  readonly checklistProgress: number;
}

const PROJECT_NOT_FOUND: ChecklistError = {
  code: 'project_not_found',
  message: 'There is no such project: check the id.',
};
const CONCURRENCY_CONFLICT: ChecklistError = {
  code: 'concurrency_conflict',
  message: 'Somebody else holds the project: try again in a moment.',
};

/** Counts the checklist of a project anew, in `tx`, or in a transaction of its own. */
export async function recordChecklistChange<Tx>(
  project: { readonly tenantId: string; readonly projectId: string },
  tx: Tx | undefined,
  { repository, lockWaitMs }: { readonly repository: Repository<Tx>; readonly lockWaitMs: number },
): Promise<Result<ProjectProgress, ChecklistError>> {
  const count = async (inner: Tx): Promise<Result<ProjectProgress, ChecklistError>> => {
    // 1. Lock the project, and load what hangs on it.
    const tasks = await repository.lockChecklist(inner, project);
    if (!tasks) return err(PROJECT_NOT_FOUND);

    // 2. Count, and write.
    const progress = { checklistProgress: checklistProgress(tasks) };
    await repository.saveProgress(inner, { ...project, ...progress });
    return ok(progress);
  };
  const bounded = (outer: Tx) => repository.savepoint(outer, count, { waitMs: lockWaitMs });
  const counted = tx === undefined ? await repository.transaction(bounded) : await bounded(tx);
  return counted.mapErr((error) => (error === 'lost_race' ? CONCURRENCY_CONFLICT : error));
}
