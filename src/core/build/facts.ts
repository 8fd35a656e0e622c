import type { CircuitBreakerFacts } from './circuit-breaker-facts.js';
import type { BindingStatus } from './statuses.js';

/**
 * An opaque version of one stored state of one row: two equal versions mean that nobody wrote the row in between.
 * A decision names the versions it was made on, and the commit refuses it when one has moved.
 */
export type RowVersion = string;

/** What is stored about one automation version. */
export interface AutomationVersionFacts {
  readonly id: string;
  readonly automationId: string;
  readonly automationName: string;
  readonly status: string;
  /** As the database prints it, microseconds kept; compared as text. `null` if the host keeps no such time. */
  readonly updatedAt: string | null;
  /**
   * The stored document as JSON text, untouched: numbers keep their digits and unknown keys their place. `null` if it was
   * not read, because it is longer than was asked for.
   */
  readonly blueprintJson: string | null;
  /** The length of that text in bytes, as the storage counts them. */
  readonly blueprintBytes: number;
  /** That text, if it was parsed ahead of the decision; no storage gives it. */
  readonly blueprint?: { readonly document: unknown };
  readonly rowVersion: RowVersion;
}

export interface ProjectFacts {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly rowVersion: RowVersion;
}

export interface QuoteFacts {
  readonly id: string;
  readonly status: string;
  /** Whether its expiry date, if it has one, has passed on database time. */
  readonly expired: boolean;
  readonly rowVersion: RowVersion;
}

/** A task of kind `build_checklist` that belongs to the build. */
export interface ChecklistTaskFacts {
  readonly id: string;
  readonly slug: string;
  readonly category: string;
  readonly status: string;
}

/** An open task of the build that the host marked as a blocker. */
export interface BlockerFacts {
  readonly id: string;
  readonly title: string;
}

/** Who does a build: the workers, or people by hand, who then adopt the workflow. */
export type Orchestration = 'automatic' | 'manual';

/** What a person's adoption of a workflow changed besides, so that it can be undone. */
export interface Adoption {
  /** The tasks that it completed. */
  readonly completedTasks: readonly {
    readonly taskId: string;
    /** `pending`, or a label of the host's own. */
    readonly statusBefore: string;
  }[];
}

/** A workflow binding as stored. */
export interface BindingFacts {
  readonly id: string;
  readonly status: BindingStatus;
  /** One attempt to build the version: +1 with each request and each retry by the ops team. */
  readonly run: number;
  /** +1 with each claim and each command that changes the state; every later write names it. */
  readonly fence: number;
  /** Higher goes first among the due builds of its tenant. */
  readonly priority: number;
  readonly requestId: string;
  readonly requestedBy: string | null;
  readonly assigneeId: string | null;
  readonly orchestration: Orchestration;
  /** +1 each time the ops team asks for a fresh idempotency key. */
  readonly keyGeneration: number;
  /** The run for which a person accepted the risk of a duplicate; `null` for none. */
  readonly duplicateRiskRun: number | null;
  /** Status of the automation version before the request. */
  readonly cameFromVersionStatus: string;
  /** Status of the project before the request. */
  readonly cameFromProjectStatus: string;
  readonly errorReason: string | null;
  readonly workflowId: string | null;
  readonly workflowUrl: string | null;
  /** `null` unless a person gave the build its workflow, and not WRK's own answer. */
  readonly adoption: Adoption | null;
}

/**
 * How one POST to WRK ended, as far as it says whether a workflow exists. `created`: it does. `rejected`: WRK read the
 * blueprint and rejected it. `refused`: this call created none; earlier calls may have. `unknown`: it may exist.
 * `not_sent`: the call never left this process.
 */
export type CallOutcome = 'created' | 'rejected' | 'refused' | 'unknown' | 'not_sent';

/** One row of the call ledger. */
export interface CallFacts {
  readonly id: string;
  readonly run: number;
  /** Number within its run, from 1. */
  readonly number: number;
  /** Equal for equal automation name, blueprint and generation of the idempotency key, different otherwise. */
  readonly contentHash: string;
  /** `null` while open. An open row of an earlier claim was interrupted: it is unknown whether it was sent. */
  readonly outcome: CallOutcome | null;
  /** One line for the ops team; `null` while open. */
  readonly detail: string | null;
  /** WRK's findings about the blueprint. */
  readonly findings: readonly string[];
  readonly workflowId: string | null;
  readonly workflowUrl: string | null;
  /** How long ago its claim was, in milliseconds on the storage's clock. */
  readonly startedMsAgo: number;
  /** How long ago its outcome was recorded, in milliseconds on the storage's clock; `null` while open. */
  readonly closedMsAgo: number | null;
}

/** The answer that an idempotency key got the first time. */
export interface StoredAnswer {
  readonly bodyHash: string;
  readonly answer: RequestAnswer;
}

/** The answer to an accepted request. It is stored under the idempotency key, so its fields never change. */
export interface RequestAnswer {
  readonly bindingId: string;
  readonly automationVersionId: string;
  readonly projectId: string;
  readonly run: number;
}

/** The facts about one automation version when a build of it is requested. */
export interface CandidateFacts {
  readonly automationVersion: AutomationVersionFacts;
  /** A host's data may have none or several; a build needs exactly one. */
  readonly projects: readonly ProjectFacts[];
  readonly quotes: readonly QuoteFacts[];
  readonly binding: BindingFacts | null;
  /** Other versions of the same project that are `Build in Progress`. */
  readonly buildingSiblingIds: readonly string[];
  readonly openBlockers: readonly BlockerFacts[];
  readonly checklist: readonly ChecklistTaskFacts[];
}

/** The facts behind one request, all of one tenant. */
export interface RequestFacts {
  /** Looked up by tenant, operation and key; `null` without a key or when it was never accepted. */
  readonly storedAnswer: StoredAnswer | null;
  /**
   * Named by version: that version, or nothing. Named by project: each of its versions in a startable status.
   * Rows of another tenant are never here; they look exactly like missing ones.
   */
  readonly candidates: readonly CandidateFacts[];
  /** Named by project: its version that is `Build in Progress`, if there is one. */
  readonly buildingVersionId: string | null;
}

/** The facts about an accepted build. */
export interface BuildFacts {
  readonly tenantId: string;
  readonly automationVersionId: string;
  readonly binding: BindingFacts;
  /** `null` when the host deleted it. */
  readonly automationVersion: AutomationVersionFacts | null;
  /**
   * `null` if the host deleted it or separated it from the version. If the version is gone, the project of the request.
   */
  readonly project: ProjectFacts | null;
  /** Other versions of the project that are `Build in Progress`. */
  readonly buildingSiblingIds: readonly string[];
  readonly checklist: readonly ChecklistTaskFacts[];
  /** The whole ledger of the binding, oldest first, except the row that this claim opened. */
  readonly calls: readonly CallFacts[];
  /** The hash of the current content, to compare with those of the calls. */
  readonly contentHash: string;
  /** Whether a worker holds the build, by the database's clock: a call may be under way. */
  readonly isHeld: boolean;
  /** Its circuit breakers with failures: that of all tenants, and that of its tenant. */
  readonly circuitBreakers: readonly CircuitBreakerFacts[];
}

/** A build whose lease this process holds, with the ledger row that was opened for it. */
export interface ClaimedBuild extends BuildFacts {
  readonly call: { readonly id: string; readonly number: number };
}
