// What authors of adapters import, and all that its signatures mention. A host never needs it.

export type { BlueprintLimits } from '../core/blueprint/blueprint-limits.js';
export type { ChecklistCategory, ChecklistItem, ChecklistPolicy } from '../core/blueprint/checklist.js';
export type { AuditAction, AuditEntry } from '../core/build/audit-entries.js';
export type {
  CircuitBreakerFacts,
  CircuitBreakerReason,
  CircuitBreakerRecord,
  OpenCircuitBreaker,
} from '../core/build/circuit-breaker-facts.js';
export type {
  BindingState,
  BuildDecision,
  CallClosing,
  DecisionGuard,
  IdempotencyRecord,
  NewTask,
  Refusal,
  Verdict,
} from '../core/build/decision.js';
export type { BlueprintFinding, FoundFindings, HostRefused } from '../core/build/errors.js';
export type {
  Adoption,
  AutomationVersionFacts,
  BindingFacts,
  BlockerFacts,
  BuildFacts,
  CallFacts,
  CallOutcome,
  CandidateFacts,
  ChecklistTaskFacts,
  ClaimedBuild,
  Orchestration,
  ProjectFacts,
  QuoteFacts,
  RequestAnswer,
  RequestFacts,
  RowVersion,
  StoredAnswer,
} from '../core/build/facts.js';
export {
  BUILD_REQUESTS,
  type BuildRequestMessage,
  MESSAGE_VERSION,
  NOTIFICATIONS,
  type NotificationAudience,
  type NotificationChannel,
  type NotificationMessage,
  type NotificationTemplate,
  type OutgoingMessage,
  type QueueName,
} from '../core/build/messages.js';
export {
  type BindingStatus,
  BUILD_IN_PROGRESS,
  QA_AND_TESTING,
  type TaskStatus,
} from '../core/build/statuses.js';
export type { CircuitBreakerChange } from '../core/circuit-breaker/decide-circuit-breakers.js';
export type { CircuitBreakerState } from '../core/circuit-breaker/follow-circuit-breaker.js';
export { isWrkId, readWorkflowUrl } from '../core/input/workflow-text.js';
export type { DeliveryAnswer } from '../core/notifications/decide-delivery.js';
export type {
  CallTrace,
  DuplicatePolicy,
  WorkflowCheck,
  WrkAnswer,
  WrkLookup,
} from '../core/orchestration/wrk-answer.js';
export type { BuildChange, ChangedBuild, ChangedBuilds } from '../core/views/build-change.js';
export type { BuildRecord, CallRecord } from '../core/views/build-record.js';
export type { RefusedOutcomes } from '../core/views/health.js';
export type { AuditLog, StoredAuditEntry } from './audit-log.js';
export type {
  BuildCursor,
  BuildQuery,
  BuildViews,
  CallCursor,
  CallQuery,
  ChangeQuery,
} from './build-views.js';
export type { Capabilities } from './capabilities.js';
export type { Checklists } from './checklists.js';
export type { CircuitBreakers, OpenCircuitBreakerRow } from './circuit-breakers.js';
export { burstOf, type ClaimLimits, type LimitPair, NO_LIMITS } from './claim-limits.js';
export type { DeadLetter, DeadLetters } from './dead-letters.js';
export type { DeliveryRecord, DeliveryRecords, FinishedDelivery } from './delivery-records.js';
export type { Engine, WakeUp } from './engine.js';
export type {
  ClaimDueBuilds,
  ClaimedBuilds,
  Commit,
  FusedPorts,
  FusedStatements,
  SomeFusedStatements,
} from './fused.js';
export type { HostRules, HostSchema } from './host-schema.js';
export type { HostTransactions, LostRace } from './host-transactions.js';
export {
  type InAppContents,
  type InAppInbox,
  type InAppNotification,
  type InboxCursor,
  type InboxOwner,
  inboxPage,
  isInboxTime,
  MAX_UNREAD_COUNT,
} from './in-app-inbox.js';
export type {
  HostCall,
  Notification,
  Notifier,
  Notifiers,
  Recipient,
  RecipientQuestion,
  ResolveRecipients,
} from './notifier.js';
export type { ClaimedByIds, HandedOver, Outbox } from './outbox.js';
export type { Purge, PurgeRows } from './purge.js';
export type { ClaimedMessage, Queue, QueueStats } from './queue.js';
export type { QueueListener, QueueListening, WakeListener } from './queue-listener.js';
export type { BuildReference, LeaseReference, Repository, RequestQuery } from './repository.js';
export type { StrandedBuild, Sweep, SweepCursor, UnresolvedBuild } from './sweep.js';
export type { WorkflowHolders } from './workflow-holders.js';
export type { WorkflowCall, WorkflowToVerify, WrkPlatformClient } from './wrk-platform-client.js';
