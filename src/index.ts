// What a host imports. Authors of adapters import `wrk-builds/ports`.

export type { Builds, BuildsStats, RequestBuildOptions } from './builds.js';
export type { BlueprintPolicy, BlueprintSummary } from './core/blueprint/blueprint-policy.js';
export { graphBlueprint } from './core/blueprint/blueprint-policy.js';
export {
  type ChecklistItem,
  type ChecklistPolicy,
  defaultChecklist,
} from './core/blueprint/checklist.js';
export { stepsBlueprint } from './core/blueprint/steps-policy.js';
export {
  type BlueprintFinding,
  BUILD_ERROR_REASONS,
  type BuildErrorReason,
  type MissingPrerequisite,
  type RequestBuildError,
} from './core/build/errors.js';
export type { RequestAnswer } from './core/build/facts.js';
export type { NotificationAudience } from './core/build/messages.js';
export type { BindingStatus } from './core/build/statuses.js';
export type { CircuitBreakerOptions } from './core/circuit-breaker/circuit-breaker.js';
export type { DeliveryAnswer } from './core/notifications/decide-delivery.js';
export type { OpsError, OutstandingCall } from './core/ops/ops-error.js';
export type { RetryOptions } from './core/orchestration/retry-policy.js';
export type { ChooseOrchestration } from './core/request/choose-orchestration.js';
export type { BuildPreview, PrerequisiteCheck } from './core/request/preview-build.js';
export type { RequestTrigger } from './core/request/request-build.js';
export type { BuildChange } from './core/views/build-change.js';
export type { BuildRecord } from './core/views/build-record.js';
export type { BuildAction, BuildExplanation, BuildState } from './core/views/explain/explain-build.js';
export type { BuildsHealth, HealthFinding } from './core/views/health.js';
export { createBuilds } from './create-builds.js';
export type { CommandResult } from './handlers/handle-command.js';
export type { HostPrerequisite } from './handlers/handle-request-build.js';
export type { ChecklistError, ProjectProgress } from './handlers/record-checklist-change.js';
export type { BlueprintLimitOptions } from './input/blueprint-limit-options.js';
export type { BuildsOptions } from './input/builds-options.js';
export type { BuildWatch, DeadLettersInput, HealthOptions, RedriveInput } from './input/call-inputs.js';
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
} from './input/operation-inputs.js';
export type { PreviewInput, RequestBuildInput } from './input/request-build-input.js';
export type { RetentionOptions } from './input/retention-options.js';
export type { WatchOptions } from './input/watch-options.js';
export type { BuildEvent, EventListener } from './observability/events.js';
export { type Logger, logEvents } from './observability/log-events.js';
export type { BuildPage, ExplainedBuild, Operations, RetriedBuilds } from './operations.js';
export { type OutboxOptions, type OutboxStorage, outbox, type WithEngine } from './outbox/outbox.js';
export type { DeadLetter } from './ports/dead-letters.js';
export type { Notification, Notifier, Notifiers, Recipient, ResolveRecipients } from './ports/notifier.js';
export type { SchemaMismatch } from './wiring/schema-check.js';
export type { BuildWatcher } from './workers/build-feed.js';
export type { WorkerOptions, Workers } from './workers/start-workers.js';
