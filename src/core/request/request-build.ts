import type { BlueprintLimits } from '../blueprint/blueprint-limits.js';
import type { BlueprintPolicy } from '../blueprint/blueprint-policy.js';
import type { ChecklistPolicy } from '../blueprint/checklist.js';
import type { BuildDecision } from '../build/decision.js';
import type { Orchestration, RequestAnswer, RowVersion } from '../build/facts.js';
import type { ChooseOrchestration } from './choose-orchestration.js';

/** What may cause a request. The strings are recorded in the audit log: they never change. */
export const REQUEST_TRIGGERS = [
  'patch_status',
  'admin_request_build',
  'auto_build',
  'status_change',
] as const;

/** What caused a request. */
export type RequestTrigger = (typeof REQUEST_TRIGGERS)[number];

/** A request for a build. The caller makes ids and hashes, outside every retry. */
export interface RequestBuildCommand {
  readonly tenantId: string;
  readonly trigger: RequestTrigger;
  readonly target: { readonly automationVersionId: string } | { readonly projectId: string };
  /** `null` if the host's own code made the request. */
  readonly userId: string | null;
  readonly assigneeId: string | null;
  readonly requestId: string;
  /** Integer from -100 to 100; higher goes first among the due builds of the tenant. */
  readonly priority: number;
  /** The status that the caller last saw; the request is refused if it is out of date. */
  readonly lastKnownStatus: string | null;
  readonly lastKnownUpdatedAt: string | null;
  readonly lastKnownRowVersion: RowVersion | null;
  readonly idempotency: {
    readonly operation: string;
    readonly key: string;
    readonly bodyHash: string;
  } | null;
  /** Id of this decision, and of the binding if there is none yet. */
  readonly decisionId: string;
  readonly newBindingId: string;
}

/** The host's rules for builds. */
export interface RequestBuildPolicy {
  readonly startableStatuses: readonly string[];
  readonly blueprint: BlueprintPolicy;
  readonly blueprintLimits: BlueprintLimits;
  readonly checklist: ChecklistPolicy;
  readonly orchestration: Orchestration | ChooseOrchestration;
  readonly channels: { readonly slack: boolean };
}

/** The result of an accepted request: a change to write, or the stored answer of its key. */
export type RequestBuildOutcome =
  | { readonly kind: 'accepted'; readonly decision: BuildDecision; readonly answer: RequestAnswer }
  | { readonly kind: 'replayed'; readonly answer: RequestAnswer };
