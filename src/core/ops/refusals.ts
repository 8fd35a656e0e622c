import type { OpsError } from './ops-error.js';

/** Another tenant's build is answered like a missing one. */
export function buildNotFound(): OpsError {
  return { code: 'build_not_found', message: 'There is no such build: check the id.' };
}

/** The race: another build got the workflow first. */
export function workflowTaken(workflowId: string): OpsError {
  return {
    code: 'workflow_taken',
    message: `Workflow ${workflowId} belongs to another build: find out in WRK which one.`,
    details: { workflowId },
  };
}

/** The facts changed each time before the decision was written. */
export function buildKeptChanging(): OpsError {
  return {
    code: 'concurrency_conflict',
    message: 'The build kept changing: read it again, then send the command again.',
  };
}
