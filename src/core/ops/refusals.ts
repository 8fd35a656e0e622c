import type { WorkflowCheck } from '../orchestration/wrk-answer.js';
import type { OpsError } from './ops-error.js';

/** Another tenant's build is answered like a missing one. */
export function buildNotFound(): OpsError {
  return { code: 'build_not_found', message: 'There is no such build: check the id.' };
}

/**
 * One refusal for a workflow that is missing, another tenant's, or held by another build, also by a race: told apart, they
 * would say what other tenants have.
 */
export function workflowNotAdoptable(workflowId: string): OpsError {
  return {
    code: 'workflow_not_adoptable',
    message: `Workflow ${workflowId} cannot be adopted: WRK has no such workflow for this tenant, or another build has it. Check the id in WRK.`,
    details: { workflowId },
  };
}

/** What WRK says of a workflow that a person wants to adopt, as a refusal; `null`: it may be adopted. */
export function refusalOfCheck(check: WorkflowCheck, workflowId: string): OpsError | null {
  switch (check.kind) {
    case 'verified':
      return null;
    case 'not_found':
      return workflowNotAdoptable(workflowId);
    case 'failed':
      return {
        code: 'workflow_not_verified',
        message: `WRK did not say whether it has workflow ${workflowId} for this tenant (${check.detail}): send the command again.`,
      };
  }
}

/** The facts changed each time before the decision was written. */
export function buildKeptChanging(): OpsError {
  return {
    code: 'concurrency_conflict',
    message: 'The build kept changing: read it again, then send the command again.',
  };
}
