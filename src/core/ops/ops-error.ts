import type { BlueprintFinding } from '../build/errors.js';
import type { BindingStatus } from '../build/statuses.js';

/** A call to WRK that made a workflow which the build does not hold, or may have made one. */
export interface OutstandingCall {
  readonly run: number;
  readonly number: number;
  /** `null`: nobody knows whether there is one. */
  readonly workflowId: string | null;
  readonly workflowUrl: string | null;
}

interface Described {
  /** For the person who gave the command: what is wrong, and what to do next. */
  readonly message: string;
}

/**
 * Every way a command of ops is refused. Nothing was written.
 *
 * `wrong_build_status` and `call_under_way` settle the races: of two retries of one build the second finds it `pending`,
 * and what a worker is doing is not undone under its hands. `concurrency_conflict`: the facts kept moving.
 */
export type OpsError = Described &
  (
    | { readonly code: 'invalid_input'; readonly details: { readonly findings: readonly BlueprintFinding[] } }
    | { readonly code: 'build_not_found' }
    | {
        readonly code: 'wrong_build_status';
        readonly details: { readonly status: BindingStatus; readonly wanted: readonly BindingStatus[] };
      }
    | {
        /** The build has failed, but not for the reason that was named: it has been built again meanwhile. */
        readonly code: 'wrong_error_reason';
        readonly details: { readonly errorReason: string | null };
      }
    | { readonly code: 'call_under_way' }
    | {
        readonly code: 'not_buildable';
        /** `null`: the host deleted the automation version. */
        readonly details: { readonly automationVersionStatus: string | null };
      }
    | { readonly code: 'sibling_in_progress'; readonly details: { readonly automationVersionId: string } }
    | {
        readonly code: 'blueprint_incomplete';
        readonly details: { readonly findings: readonly BlueprintFinding[] };
      }
    | {
        readonly code: 'duplicate_risk';
        readonly details: { readonly calls: readonly OutstandingCall[] };
      }
    | { readonly code: 'workflow_taken'; readonly details: { readonly workflowId: string } }
    | { readonly code: 'concurrency_conflict' }
  );
