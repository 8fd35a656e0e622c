import type { AuditEntry } from './audit-entries.js';
import type { Adoption, CallOutcome, Orchestration, RequestAnswer, RowVersion } from './facts.js';
import type { OutgoingMessage } from './messages.js';
import type { BindingStatus, TaskStatus } from './statuses.js';

/**
 * What must still be true when the decision is written. Each version was read with the facts;
 * one that has moved means that the decision was made on facts that are gone, and it is made again.
 */
export interface DecisionGuard {
  /** `absent`: no binding for the version may exist. `any`: the decision touches no binding. */
  readonly binding: { readonly fence: number; readonly status: BindingStatus } | 'absent' | 'any';
  /** Who had the build when that was read; `null`: it does not matter. */
  readonly assignee: { readonly id: string | null } | null;
  readonly automationVersionRow: RowVersion | null;
  readonly project: { readonly id: string; readonly row: RowVersion } | null;
  readonly quote: { readonly id: string; readonly row: RowVersion } | null;
  /** Ask again, in the transaction, that the build has no open blocker. */
  readonly noOpenBlocker: boolean;
  /** Ask again, in the transaction, that no other version of the project is `Build in Progress`. */
  readonly noBuildingSibling: boolean;
}

/** The whole of a binding after the decision. The lease is given up with every decision. */
export interface BindingState {
  readonly status: BindingStatus;
  readonly run: number;
  readonly fence: number;
  /** Higher goes first among the due builds of its tenant. */
  readonly priority: number;
  /** Milliseconds until a worker may claim it, counted by the database; `null`: now. */
  readonly runInMs: number | null;
  /**
   * Milliseconds until WRK is asked what became of calls whose outcome is unknown, now that the run has ended without it;
   * `null`: there is nothing to ask.
   */
  readonly followUpInMs: number | null;
  readonly requestId: string;
  readonly requestedBy: string | null;
  readonly orchestration: Orchestration;
  /** +1 each time ops ask for a fresh idempotency key. */
  readonly keyGeneration: number;
  /** The run for which a person accepted that WRK may make a second workflow; `null`: none. */
  readonly duplicateRiskRun: number | null;
  readonly cameFromVersionStatus: string;
  readonly cameFromProjectStatus: string;
  readonly errorReason: string | null;
  readonly errorDetails: Readonly<Record<string, unknown>> | null;
  readonly workflowId: string | null;
  readonly workflowUrl: string | null;
  /** `null` unless a person gave the build its workflow, and not WRK's own answer; only an active build has one of a person. */
  readonly adoption: Adoption | null;
}

/**
 * How the ledger row of a call is closed. A closed one keeps its first answer, but for a workflow that is found where the
 * outcome was unknown.
 */
export interface CallClosing {
  readonly id: string;
  readonly outcome: CallOutcome;
  /** One line for ops: never a body, a header or a secret. */
  readonly detail: string;
  /** What WRK finds wrong with the blueprint. */
  readonly findings: readonly string[];
  readonly httpStatus: number | null;
  /** WRK's own name for the request. */
  readonly wrkRequestId: string | null;
  /** How long WRK was waited for, in milliseconds on a monotonic clock; `null`: it was not asked. */
  readonly durationMs: number | null;
  readonly workflowId: string | null;
  readonly workflowUrl: string | null;
}

/** A checklist task that does not exist yet. */
export interface NewTask {
  readonly slug: string;
  readonly title: string;
  readonly category: string;
  readonly status: TaskStatus;
}

/** What an accepted request leaves under its idempotency key. */
export interface IdempotencyRecord {
  readonly operation: string;
  readonly key: string;
  readonly bodyHash: string;
  readonly answer: RequestAnswer;
}

/**
 * One decision about one build, as plain data: everything in it is written, or nothing.
 * Durations only: the database makes the timestamps.
 */
export interface BuildDecision {
  readonly id: string;
  readonly tenantId: string;
  readonly automationVersionId: string;
  readonly bindingId: string;
  readonly guard: DecisionGuard;
  /** `null`: the automation version is not touched. */
  readonly automationVersionStatus: string | null;
  /** `null`: there is no project left to touch. A `null` status stays; the row is written all the same, it orders everything. */
  readonly project: { readonly status: string | null; readonly checklistProgress: number } | null;
  /** `null`: the binding is not touched (an answer that came too late for it). */
  readonly binding: BindingState | null;
  /** Who the build is given to, nobody included; `null`: that stays, whatever a worker read earlier. */
  readonly assignee: { readonly id: string | null } | null;
  readonly createTasks: readonly NewTask[];
  /** `complete`, or the status before where a completion is undone, which may be a label of the host's own. */
  readonly setTasks: readonly { readonly taskId: string; readonly status: string }[];
  readonly closeCall: CallClosing | null;
  readonly audit: AuditEntry | null;
  readonly messages: readonly OutgoingMessage[];
  readonly idempotency: IdempotencyRecord | null;
}

/**
 * Why the storage refuses a decision, and would refuse it again: a constraint, a trigger, an encoding, a privilege. It has
 * names of the host's schema and never a value.
 */
export interface Refusal {
  readonly kind: 'refused';
  /** Whether a text of the decision has no place: without it, the decision may be written. */
  readonly isOfText: boolean;
  /** The code of the storage: with Postgres, the SQLSTATE. */
  readonly sqlState: string;
  readonly table: string | null;
  readonly constraint: string | null;
  readonly column: string | null;
  /** The function of the host that raised. */
  readonly hostFunction: string | null;
  /** For people: what refuses, and what to do about it. */
  readonly message: string;
}

/**
 * What became of a decision at commit:
 * `ok` written, whole; `stale` a fact it rests on has moved, be it by another item of the same batch; `busy` a row
 * or the idempotency key that it needs is held by somebody else; `key_taken` its idempotency key was just used;
 * `workflow_taken` another binding holds the workflow id; a `Refusal` the storage will never take it as it is. In all but
 * `ok`, nothing of it is written.
 */
export type Verdict = 'ok' | 'stale' | 'busy' | 'key_taken' | 'workflow_taken' | Refusal;
