import type { OpsError } from './ops-error.js';

/** Another tenant's build looks exactly like one that is not there. */
export function buildNotFound(): OpsError {
  return { code: 'build_not_found', message: 'There is no such build: check the id.' };
}

/** The race: the workflow that a command was to bind was bound to another build first. */
export function workflowTaken(workflowId: string): OpsError {
  return {
    code: 'workflow_taken',
    message: `Workflow ${workflowId} belongs to another build: find out in WRK which one.`,
    details: { workflowId },
  };
}

/** Each time that a command was decided, the facts had moved before it was written. */
export function buildKeptChanging(): OpsError {
  return {
    code: 'concurrency_conflict',
    message: 'The build kept changing: read it again, then send the command again.',
  };
}
