import type { Refusal } from './decision.js';
import type { RowVersion } from './facts.js';
import type { BindingStatus } from './statuses.js';

/** One thing that is wrong with a blueprint or an input. It says where to look and never quotes the value. */
export interface BlueprintFinding {
  /** Where in the document, for example `edges[3].target`; `''` is the document itself. */
  readonly path: string;
  /** What to do about it, as one sentence for a person. */
  readonly message: string;
}

/** What is wrong with a blueprint: the first findings, and how many there are. */
export interface FoundFindings {
  /** The first ones, in the order of the document: at most `blueprintLimits.findings`. */
  readonly findings: readonly BlueprintFinding[];
  /** The number of all. The policies of this library count up to 10,000. */
  readonly findingsInAll: number;
}

/** A prerequisite of a build that is missing. */
export type MissingPrerequisite =
  | { readonly code: 'quote_not_signed'; readonly message: string }
  | ({ readonly code: 'blueprint_incomplete'; readonly message: string } & FoundFindings)
  | { readonly code: 'blocking_issue'; readonly message: string; readonly taskId: string }
  | { readonly code: 'project_missing'; readonly message: string }
  | { readonly code: 'project_ambiguous'; readonly message: string; readonly projectIds: readonly string[] }
  /** From the host's own `prerequisites`. */
  | { readonly code: 'host_prerequisite'; readonly message: string; readonly prerequisite: string };

interface Described {
  /** For people: what is wrong, and what to do next. */
  readonly message: string;
}

/**
 * Every refusal of a request for a build. Nothing was written.
 *
 * `concurrency_conflict`: the facts kept changing, or what the caller last knew of the version was out of date.
 */
export type RequestBuildError = Described &
  (
    | {
        readonly code: 'invalid_input';
        readonly details: { readonly findings: readonly BlueprintFinding[] };
      }
    | { readonly code: 'automation_version_not_found' }
    | { readonly code: 'ready_for_build_version_not_found' }
    | {
        readonly code: 'multiple_ready_for_build_versions';
        readonly details: { readonly automationVersionIds: readonly string[] };
      }
    | {
        readonly code: 'build_already_in_progress';
        readonly details: {
          readonly automationVersionId: string;
          /** `null` when a sibling version holds the project. */
          readonly bindingStatus: BindingStatus | null;
        };
      }
    | {
        readonly code: 'version_already_built';
        readonly details: { readonly workflowId: string | null; readonly workflowUrl: string | null };
      }
    | {
        readonly code: 'invalid_status_transition';
        readonly details: { readonly status: string; readonly startableStatuses: readonly string[] };
      }
    | {
        readonly code: 'concurrency_conflict';
        readonly details: {
          readonly status: string;
          readonly updatedAt: string | null;
          readonly rowVersion: RowVersion;
        } | null;
      }
    | {
        readonly code: 'quote_not_signed';
        readonly details: { readonly missing: readonly MissingPrerequisite[] };
      }
    | {
        readonly code: 'blueprint_incomplete';
        readonly details: { readonly missing: readonly MissingPrerequisite[] };
      }
    | {
        readonly code: 'missing_prerequisites';
        readonly details: { readonly missing: readonly MissingPrerequisite[] };
      }
    | { readonly code: 'idempotency_key_reused' }
    | {
        /** The tenant has other requests with large blueprints under way: see `costlyRequestsPerTenant`. */
        readonly code: 'too_many_costly_requests';
        /** When to send the request again, in milliseconds. */
        readonly details: { readonly retryAfterMs: number };
      }
    | HostRefused
  );

/** The host's database refuses the write, and will refuse it again until somebody changes what is named here. */
export interface HostRefused extends Described {
  readonly code: 'host_refused';
  readonly details: Pick<Refusal, 'sqlState' | 'table' | 'constraint' | 'column' | 'hostFunction'>;
}

/** The error of a write that the host's database refuses. */
export function hostRefused({ message, ...refusal }: Refusal): HostRefused {
  const { sqlState, table, constraint, column, hostFunction } = refusal;
  return {
    code: 'host_refused',
    message: `The host’s database refuses the write. ${message}`,
    details: { sqlState, table, constraint, column, hostFunction },
  };
}

/** Every reason, in the order of the runbook. */
export const BUILD_ERROR_REASONS = [
  'blueprint_rejected',
  'invalid_blueprint',
  'wrk_api_error',
  'network_failure',
  'outcome_unknown',
  'workflow_conflict',
  'not_buildable',
  'interrupted_too_often',
  'outcome_refused',
  'adoption_superseded',
  'adoption_undone',
] as const;

/** Why a build ended as `error`. The strings are stored, so they never change. */
export type BuildErrorReason = (typeof BUILD_ERROR_REASONS)[number];
