import { err, ok, type Result } from 'neverthrow';
import type { OpsError } from './core/ops/ops-error.js';
import { invalidOrder } from './ops-input.js';

/** What only the adapters know of an order. */
export interface OrderRules {
  readonly isWorkflowUrlAllowed: (url: string) => boolean;
}

/** Holds what an order names against what the adapters can do with it, before anything is asked of them. */
export function checkOrder(
  order: { readonly workflowUrl?: string | undefined },
  { isWorkflowUrlAllowed }: OrderRules,
): Result<void, OpsError> {
  const { workflowUrl } = order;
  const findings =
    workflowUrl === undefined || isWorkflowUrlAllowed(workflowUrl)
      ? []
      : [{ path: 'workflowUrl', message: 'give an address that WRK itself would give for a workflow' }];
  return findings.length === 0 ? ok() : err(invalidOrder(findings));
}
