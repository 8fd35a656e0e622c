import type { AuditEntry } from '../../core/build/audit-entries.js';
import type { CircuitBreakerReason } from '../../core/build/circuit-breaker-facts.js';
import type { Adoption, CallOutcome, Orchestration, RequestAnswer } from '../../core/build/facts.js';
import type {
  NotificationChannel,
  NotificationTemplate,
  OutgoingMessage,
  QueueName,
} from '../../core/build/messages.js';
import type { BindingStatus } from '../../core/build/statuses.js';
import type { InAppContents } from '../../ports/in-app-inbox.js';
import type { MemoryHostRow } from './host-rows.js';

/** An automation version. Its document is stored as text, so that numbers keep their digits. */
export interface VersionRow extends Readonly<MemoryHostRow<'automationVersions'>> {
  readonly blueprintJson: string;
}

/** A row of `workflow_bindings`. Times are in milliseconds on the store's clock. */
export interface BindingRow {
  readonly id: string;
  readonly tenantId: string;
  readonly automationVersionId: string;
  /** The project that the build was requested for. */
  readonly projectId: string | null;
  readonly status: BindingStatus;
  readonly run: number;
  readonly fence: number;
  readonly priority: number;
  readonly runAt: number;
  readonly leaseUntil: number | null;
  /** When WRK is asked what became of calls whose outcome is unknown; `null`: there is nothing to ask. */
  readonly followUpAt: number | null;
  /** How often it was asked since the run ended. */
  readonly followUps: number;
  readonly decisionId: string;
  readonly requestId: string;
  readonly requestedBy: string | null;
  readonly assigneeId: string | null;
  readonly orchestration: Orchestration;
  readonly keyGeneration: number;
  readonly duplicateRiskRun: number | null;
  readonly cameFromVersionStatus: string;
  readonly cameFromProjectStatus: string;
  readonly errorReason: string | null;
  readonly errorDetails: Readonly<Record<string, unknown>> | null;
  readonly workflowId: string | null;
  readonly workflowUrl: string | null;
  readonly adoption: Adoption | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A row of the call ledger, open while `outcome` is `null`. */
export interface CallRow {
  readonly id: string;
  readonly tenantId: string;
  readonly bindingId: string;
  readonly run: number;
  readonly number: number;
  readonly fence: number;
  readonly contentHash: string;
  readonly outcome: CallOutcome | null;
  readonly detail: string | null;
  readonly findings: readonly string[] | null;
  readonly httpStatus: number | null;
  readonly wrkRequestId: string | null;
  readonly durationMs: number | null;
  readonly workflowId: string | null;
  readonly workflowUrl: string | null;
  readonly decisionId: string | null;
  readonly startedAt: number;
  readonly closedAt: number | null;
}

/** A message of either queue: waiting without a lease, claimed with one, dead with a reason. */
export interface MessageRow {
  readonly id: string;
  readonly queue: QueueName;
  readonly key: string;
  readonly tenantId: string;
  readonly body: OutgoingMessage['body'];
  readonly runAt: number;
  readonly leaseUntil: number | null;
  /** Until when an engine is assumed to hold it; `null` if none does. */
  readonly handedUntil: number | null;
  /** How often it was handed over since it last was not. */
  readonly handOvers: number;
  readonly deliveryCount: number;
  /** Why it was put off; `null` if nothing went wrong. */
  readonly problem: string | null;
  readonly priority: number;
  readonly deadReason: string | null;
  readonly deadAt: number | null;
}

/** The first answer under an idempotency key. */
interface AnswerRow {
  readonly tenantId: string;
  readonly operation: string;
  readonly key: string;
  readonly bodyHash: string;
  readonly answer: RequestAnswer;
  readonly createdAt: number;
}

/** The status of one notification to one recipient, with its attempts so far. */
interface DeliveryStateRow {
  readonly key: string;
  readonly tenantId: string;
  readonly bindingId: string;
  readonly channel: NotificationChannel;
  readonly template: NotificationTemplate;
  readonly recipientId: string;
  readonly status: 'delivered' | 'failed' | 'given_up';
  readonly problem: string | null;
  readonly attempts: number;
  readonly updatedAt: number;
}

/** An in-app notification. */
export interface InAppNotificationRow {
  readonly id: string;
  readonly key: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly template: NotificationTemplate;
  readonly data: InAppContents;
  readonly createdAt: number;
  readonly readAt: number | null;
}

/** An audit entry with its time, in milliseconds. */
interface AuditRow extends AuditEntry {
  readonly createdAt: number;
}

/** A token bucket that limits claims. */
interface ClaimLimitRow {
  readonly tokens: number;
  readonly refilledAt: number;
}

/** A circuit breaker. Times are in milliseconds on the store's clock. */
export interface CircuitBreakerRow {
  readonly tenantId: string | null;
  readonly version: string;
  readonly failures: number;
  readonly failuresOfAny: number;
  readonly failingTenantIds: readonly string[];
  readonly told: { readonly reason: CircuitBreakerReason; readonly at: number } | null;
  readonly open: {
    readonly reason: CircuitBreakerReason;
    readonly detail: string | null;
    readonly openedAt: number;
    readonly probes: number;
    readonly nextProbeAt: number;
  } | null;
}

/** Every table of the store. */
export interface Rows {
  automations: MemoryHostRow<'automations'>;
  projects: MemoryHostRow<'projects'>;
  automationVersions: VersionRow;
  quotes: MemoryHostRow<'quotes'>;
  tasks: MemoryHostRow<'tasks'>;
  bindings: BindingRow;
  calls: CallRow;
  messages: MessageRow;
  answers: AnswerRow;
  deliveries: DeliveryStateRow;
  inAppNotifications: InAppNotificationRow;
  audit: AuditRow;
  claimLimits: ClaimLimitRow;
  circuitBreakers: CircuitBreakerRow;
}

export type TableName = keyof Rows;

export const TABLE_NAMES: readonly TableName[] = [
  'automations',
  'projects',
  'automationVersions',
  'quotes',
  'tasks',
  'bindings',
  'calls',
  'messages',
  'answers',
  'deliveries',
  'inAppNotifications',
  'audit',
  'claimLimits',
  'circuitBreakers',
];

/** Combines several columns into one primary key without collisions. */
export function compositeKey(...columns: readonly string[]): string {
  return JSON.stringify(columns);
}
