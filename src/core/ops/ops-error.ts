import type { BlueprintFinding, FoundFindings, HostRefused } from '../build/errors.js';
import type { BindingStatus } from '../build/statuses.js';

/** A call to WRK that created, or may have created, a workflow that the build does not hold. */
export interface OutstandingCall {
  readonly run: number;
  readonly number: number;
  /** `null` if it is unknown whether there is one. */
  readonly workflowId: string | null;
  readonly workflowUrl: string | null;
}

interface Described {
  /** For people: what is wrong, and what to do next. */
  readonly message: string;
}

/**
 * Every refusal of a command of the ops team. Nothing was written but, of a build that the tenant has, the audit entry.
 *
 * The races: of two concurrent retries, the second finds the build `pending` and gets `wrong_build_status`; a command
 * during a call gets `call_under_way`; `concurrency_conflict` means that the facts kept changing.
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
        /** The build has since failed again, for another reason than the one given. */
        readonly code: 'wrong_error_reason';
        readonly details: { readonly errorReason: string | null };
      }
    | { readonly code: 'call_under_way' }
    | {
        readonly code: 'not_buildable';
        /** `null` if the host deleted the automation version. */
        readonly details: { readonly automationVersionStatus: string | null };
      }
    | { readonly code: 'sibling_in_progress'; readonly details: { readonly automationVersionId: string } }
    | {
        readonly code: 'blueprint_incomplete';
        readonly details: FoundFindings;
      }
    | {
        readonly code: 'duplicate_risk';
        readonly details: { readonly calls: readonly OutstandingCall[] };
      }
    | {
        /** Another build has it, of whatever tenant, or WRK has none with this id for the tenant: nobody learns which. */
        readonly code: 'workflow_not_adoptable';
        readonly details: { readonly workflowId: string };
      }
    | {
        /** The workflow came from WRK's own answer, which nobody can undo. */
        readonly code: 'workflow_not_adopted';
      }
    | {
        /** The host has moved the version on since the build was complete. */
        readonly code: 'version_moved_on';
        readonly details: { readonly automationVersionStatus: string };
      }
    | {
        /** WRK did not say whether the workflow is the tenant's: send the command again. */
        readonly code: 'workflow_not_verified';
      }
    | { readonly code: 'concurrency_conflict' }
    | HostRefused
  );
