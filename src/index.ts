export type { Builds, BuildsOptions, BuildsStats, RequestBuildOptions } from './builds.js';
export type { BlueprintPolicy, BlueprintSummary } from './core/blueprint/blueprint-policy.js';
export {
  type ChecklistBuild,
  type ChecklistCategory,
  type ChecklistItem,
  type ChecklistPolicy,
  defaultChecklist,
} from './core/blueprint/checklist.js';
export { graphBlueprint } from './core/blueprint/graph-policy.js';
export { stepsBlueprint } from './core/blueprint/steps-policy.js';
export type { AuditAction, AuditEntry } from './core/build/audit-entries.js';
export type {
  CircuitBreakerFacts,
  CircuitBreakerReason,
  OpenCircuitBreaker,
} from './core/build/circuit-breaker-facts.js';
export type {
  BindingState,
  BuildDecision,
  CallClosing,
  DecisionGuard,
  IdempotencyRecord,
  NewTask,
  Verdict,
} from './core/build/decision.js';
export {
  type BlueprintFinding,
  BUILD_ERROR_REASONS,
  type BuildErrorReason,
  type MissingPrerequisite,
  type RequestBuildError,
} from './core/build/errors.js';
export type {
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
} from './core/build/facts.js';
export type {
  BuildRequestMessage,
  NotificationAudience,
  NotificationChannel,
  NotificationMessage,
  NotificationTemplate,
  OutgoingMessage,
  QueueName,
} from './core/build/messages.js';
export type { BindingStatus, TaskStatus } from './core/build/statuses.js';
export type { CircuitBreakerPolicy } from './core/circuit-breaker/circuit-breaker.js';
export type { CircuitBreakerChange } from './core/circuit-breaker/decide-circuit-breakers.js';
export type { CircuitBreakerState } from './core/circuit-breaker/follow-circuit-breaker.js';
export type { DeliveryAnswer, DeliveryPolicy } from './core/notifications/decide-delivery.js';
export type { OpsError, OutstandingCall } from './core/ops/ops-error.js';
export type { RetryPolicy } from './core/orchestration/retry-policy.js';
export type { CallTrace, DuplicatePolicy, WrkAnswer, WrkLookup } from './core/orchestration/wrk-answer.js';
export type { BuildPreview, PrerequisiteCheck } from './core/request/preview-build.js';
export type { RequestTrigger } from './core/request/request-build.js';
export type { BuildChange, ChangedBuild, ChangedBuilds } from './core/views/build-change.js';
export type { BuildRecord, CallRecord } from './core/views/build-record.js';
export type { BuildAction, BuildExplanation, BuildState } from './core/views/explain/explain-build.js';
export type { BuildsHealth, HealthFinding } from './core/views/health.js';
export { createBuilds } from './create-builds.js';
export type { CommandResult } from './handlers/handle-command.js';
export type { HostPrerequisite } from './handlers/handle-request-build.js';
export type { ChecklistError, ProjectProgress } from './handlers/record-checklist-change.js';
export type { RetriedEach } from './handlers/retry-each.js';
export type { DeliveryOptions } from './input/delivery-options.js';
export type { LimitOptions } from './input/limit-options.js';
export type {
  AdoptInput,
  AssignInput,
  CancelInput,
  GetInput,
  ListInput,
  RetryInput,
  RetryManyInput,
} from './input/operations.js';
export type { RequestBuildInput } from './input/request-build.js';
export type { RetentionOptions } from './input/retention-options.js';
export type { WatchOptions } from './input/watch-options.js';
export type { BuildEvent, EventListener } from './observability/events.js';
export { type Logger, logEvents } from './observability/log-events.js';
export type { BuildPage, ExplainedBuild, Operations, RetriedBuilds } from './operations.js';
export {
  type OutboxOptions,
  type OutboxStorage,
  outbox,
  type WithEngine,
} from './outbox/outbox.js';
export type { AuditLog, StoredAuditEntry } from './ports/audit-log.js';
export type { BuildCursor, BuildQuery, BuildViews, ChangeQuery } from './ports/build-views.js';
export type { Capabilities } from './ports/capabilities.js';
export type { Checklists } from './ports/checklists.js';
export type { CircuitBreakers, OpenCircuitBreakerRow } from './ports/circuit-breakers.js';
export type { ClaimLimits, LimitPair } from './ports/claim-limits.js';
export type { DeadLetter, DeadLetters } from './ports/dead-letters.js';
export type { DeliveryRecord, DeliveryRecords, SettledDelivery } from './ports/delivery-records.js';
export type { Engine, WakeUp } from './ports/engine.js';
export type { ClaimDueBuilds, ClaimedBuilds, Commit, FusedStatements } from './ports/fused.js';
export type { HostSchema } from './ports/host-schema.js';
export type { HostTransactions, LostRace } from './ports/host-transactions.js';
export type {
  InAppContents,
  InAppInbox,
  InAppNotification,
  InboxCursor,
  InboxOwner,
} from './ports/in-app-inbox.js';
export type {
  Notification,
  Notifier,
  Notifiers,
  Recipient,
  ResolveRecipients,
} from './ports/notifier.js';
export type { ClaimedByIds, Outbox } from './ports/outbox.js';
export type { Purge, PurgeRows } from './ports/purge.js';
export type { ClaimedMessage, Queue, QueueStats } from './ports/queue.js';
export type { QueueListener, QueueListening, WakeListener } from './ports/queue-listener.js';
export type { BuildReference, LeaseReference, Repository, RequestQuery } from './ports/repository.js';
export type { StrandedBuild, Sweep, SweepCursor } from './ports/sweep.js';
export type { WorkflowCall, WrkPlatformClient } from './ports/wrk-platform-client.js';
export type { SchemaMismatch } from './wiring/schema-check.js';
export type { BuildWatch, BuildWatcher } from './workers/build-feed.js';
export type { WorkerOptions, Workers } from './workers/start-workers.js';
