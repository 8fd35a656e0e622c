import { err, ok, type Result } from 'neverthrow';
import { checklistProgress } from '../core/blueprint/checklist.js';
import { type HostRefused, hostRefused } from '../core/build/errors.js';
import type { Checklists } from '../ports/checklists.js';
import type { HostTransactions } from '../ports/host-transactions.js';
import type { Repository } from '../ports/repository.js';
import type { Runtime } from '../runtime/runtime.js';
import { tryFor } from '../runtime/waiting.js';

/** What the handler needs. */
export interface ChecklistDeps<Tx> {
  readonly repository: Pick<Repository<Tx>, 'transaction' | 'refusalOf'>;
  readonly checklists: Checklists<Tx>;
  readonly hostTransactions: HostTransactions<Tx>;
  readonly runtime: Pick<Runtime, 'monotonicMs' | 'random' | 'setTimer'>;
  /** Longest wait for a lock that somebody else holds, in milliseconds. */
  readonly lockWaitMs: number;
}

/** Why the progress of a project was not updated. */
export type ChecklistError =
  | { readonly code: 'project_not_found'; readonly message: string }
  | { readonly code: 'concurrency_conflict'; readonly message: string }
  | HostRefused;

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
  message: 'The project is locked by another transaction: try again in a moment.',
};

/**
 * Recomputes the progress of a project, in `tx` or in a transaction of its own.
 *
 * The race: `tx` has written tasks and now needs the project, which decisions lock first. It must not wait for it, or it
 * could be part of a deadlock. It tries again and again instead, each time in a savepoint.
 */
export async function recordChecklistChange<Tx>(
  project: { readonly tenantId: string; readonly projectId: string },
  tx: Tx | undefined,
  { repository, checklists, hostTransactions, runtime, lockWaitMs }: ChecklistDeps<Tx>,
): Promise<Result<ProjectProgress, ChecklistError>> {
  const wait = tx === undefined;
  const count = async (inner: Tx): Promise<Result<ProjectProgress, ChecklistError>> => {
    // 1. Lock the project, and load what hangs on it.
    const tasks = await checklists.lockChecklist(inner, project, { wait });
    if (tasks === 'busy') return err(CONCURRENCY_CONFLICT);
    if (!tasks) return err(PROJECT_NOT_FOUND);

    // 2. Count, and write.
    const progress = { checklistProgress: checklistProgress(tasks) };
    await checklists.saveProgress(inner, { ...project, ...progress });
    return ok(progress);
  };
  const bounded = async (outer: Tx) => {
    const counted = await hostTransactions.savepoint(outer, count, { waitMs: lockWaitMs });
    return counted.mapErr((error) => (error === 'lost_race' ? CONCURRENCY_CONFLICT : error));
  };
  try {
    if (tx === undefined) return await repository.transaction(bounded);
    let counted: Result<ProjectProgress, ChecklistError> = err(CONCURRENCY_CONFLICT);
    await tryFor(runtime, lockWaitMs, async () => {
      counted = await bounded(tx);
      return counted.isOk() || counted.error !== CONCURRENCY_CONFLICT;
    });
    return counted;
  } catch (problem) {
    const refusal = repository.refusalOf?.(problem);
    if (!refusal) throw problem;
    return err(hostRefused(refusal));
  }
}
