import type { ParseAhead } from '../core/blueprint/read-blueprint.js';
import type { BuildDecision } from '../core/build/decision.js';
import type { ClaimedBuild } from '../core/build/facts.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../core/build/messages.js';
import type { CircuitBreakerPolicy } from '../core/circuit-breaker/circuit-breaker.js';
import type { CircuitBreakerTransition } from '../core/circuit-breaker/decide-circuit-breakers.js';
import type { DeliveryPolicies } from '../core/notifications/decide-delivery.js';
import type { OrchestrationPolicy } from '../core/orchestration/orchestration-policy.js';
import type { Batches } from '../handlers/batches.js';
import type { Storage } from '../handlers/commit-one-by-one.js';
import { followUpCalls } from '../handlers/follow-up-calls.js';
import { reconcile } from '../handlers/reconcile.js';
import { type Retention, removeOldRows } from '../handlers/remove-old-rows.js';
import { reportToCircuitBreaker } from '../handlers/report-to-circuit-breaker.js';
import type { OrchestrationDeps } from '../handlers/run-orchestration.js';
import { settleMessage } from '../handlers/settle-message.js';
import type { EventListener } from '../observability/events.js';
import type { Capabilities } from '../ports/capabilities.js';
import type { CircuitBreakers } from '../ports/circuit-breakers.js';
import type { ClaimLimits } from '../ports/claim-limits.js';
import type { ClaimDueBuilds } from '../ports/fused.js';
import type { Notifiers, ResolveRecipients } from '../ports/notifier.js';
import type { ClaimedMessage } from '../ports/queue.js';
import type { WrkPlatformClient } from '../ports/wrk-platform-client.js';
import type { Runtime } from '../runtime/runtime.js';
import type { WorkerDeps } from '../workers/start-workers.js';
import type { WakeSignal } from '../workers/wake-signal.js';
import { workerProblem } from './events.js';

/** What the workers are wired from. */
export interface WorkerWiringDeps<Tx> {
  readonly storage: Storage<Tx>;
  readonly capabilities: Capabilities<Tx>;
  readonly batches: Batches;
  readonly parseAhead: ParseAhead;
  readonly claimDueBuilds: ClaimDueBuilds;
  readonly limits: ClaimLimits;
  readonly retention: Retention;
  readonly wrk: WrkPlatformClient;
  readonly notifiers: Notifiers;
  readonly resolveRecipients: ResolveRecipients;
  readonly orchestration: OrchestrationPolicy;
  readonly delivery: DeliveryPolicies;
  readonly circuitBreaker: CircuitBreakerPolicy;
  readonly ready: () => Promise<void>;
  readonly onWake: WakeSignal['onWake'];
  readonly runtime: Runtime;
  readonly hash: (text: string) => string;
  readonly lockWaitMs: number;
  readonly freeWorkflow: OrchestrationDeps['freeWorkflow'];
  readonly emit: EventListener;
  readonly wake: WakeSignal['wake'];
}

/** Connects what the workers do with where it is stored and with who is told. */
export function prepareWorkers<Tx>(deps: WorkerWiringDeps<Tx>): WorkerDeps<Tx> {
  const { storage, batches, runtime, limits, emit, wake } = deps;
  const { circuitBreakers, purge, queueListener, sweep } = deps.capabilities;
  const messages = {
    ...storage,
    acknowledge: batches.acknowledge,
    onDeadLetter: ({ queue, tenantId, id }: ClaimedMessage, reason: string) =>
      emit({ type: 'message_dead_lettered', queue, tenantId, messageId: id, reason }),
  };
  const orchestrationDeps = {
    ...runtime,
    wrk: deps.wrk,
    policy: deps.orchestration,
    commit: batches.commit,
    reload: batches.loadBuild,
  };
  return {
    messages,
    parseAhead: deps.parseAhead,
    claimDueBuilds: (options) =>
      deps.claimDueBuilds({
        ...options,
        limits,
        maxBlueprintBytes: deps.orchestration.blueprintLimits.bytes,
      }),
    isLimited: [limits.concurrency, limits.callsPerSecond].some((pair) =>
      Object.values(pair).some((each) => each !== null),
    ),
    queueListener: queueListener ?? null,
    reconcile: sweep ? (signal) => reconcile(storage, sweep, signal) : null,
    followUpCalls:
      sweep && deps.orchestration.duplicates.by === 'lookup'
        ? (signal) => followUpCalls({ ...orchestrationDeps, sweep }, signal)
        : null,
    removeOldRows: purge ? (signal) => removeOldRows(purge, deps.retention, signal) : null,
    ready: deps.ready,
    emit,
    runtime,
    onWake: deps.onWake,
    orchestration: {
      ...orchestrationDeps,
      hash: deps.hash,
      lockWaitMs: deps.lockWaitMs,
      freeWorkflow: deps.freeWorkflow,
      onAnswer: (build, answer, durationMs) =>
        emit({
          type: 'wrk_answered',
          ...about(build),
          call: build.call.number,
          callId: build.call.id,
          httpStatus: answer.trace?.httpStatus ?? null,
          wrkRequestId: answer.trace?.wrkRequestId ?? null,
          answer: answer.kind,
          detail: 'detail' in answer ? answer.detail : null,
          durationMs,
        }),
      onCommitted: (build, decision) => {
        emit(settledEvent(build, decision));
        wake(NOTIFICATIONS);
      },
      reportToCircuitBreaker: circuitBreakers ? breakerReport(deps, circuitBreakers) : async () => {},
    },
    delivery: {
      notifiers: deps.notifiers,
      resolveRecipients: deps.resolveRecipients,
      policies: deps.delivery,
      runtime,
      onHostFailure: (name, tenantId, problem) =>
        emit({ type: 'host_function_failed', function: name, tenantId, problem }),
      finishedAs: batches.finishedAs,
      saveDeliveryRecord: batches.saveDeliveryRecord,
      settle: (message, settlement) => settleMessage(message, settlement, messages),
      onDelivery: ({ message, recipient }, answer) =>
        emit({
          type: 'notification_sent',
          tenantId: message.tenantId,
          bindingId: message.bindingId,
          requestId: message.requestId,
          channel: message.channel,
          template: message.template,
          recipientId: recipient.id,
          delivered: answer.status === 'delivered',
          problem: answer.status === 'delivered' ? null : answer.reason,
        }),
    },
  };
}

/** Connects what calls to WRK came to with the circuit breakers. */
function breakerReport<Tx>(
  { storage, runtime, emit, wake, circuitBreaker, orchestration }: WorkerWiringDeps<Tx>,
  circuitBreakers: CircuitBreakers<Tx>,
): OrchestrationDeps['reportToCircuitBreaker'] {
  return reportToCircuitBreaker({
    ...storage,
    circuitBreakers,
    policy: circuitBreaker,
    channels: orchestration.channels,
    newId: runtime.newId,
    onTransition: (transition) => {
      emit(circuitBreakerEvent(transition));
      if (transition.kind === 'closed') wake(BUILD_REQUESTS);
      wake(NOTIFICATIONS);
    },
    onProblem: (problem) => emit(workerProblem('circuit_breaker', problem)),
  });
}

function about({ tenantId, automationVersionId, binding }: ClaimedBuild) {
  return { tenantId, automationVersionId, bindingId: binding.id, requestId: binding.requestId };
}

function circuitBreakerEvent(transition: CircuitBreakerTransition): Parameters<EventListener>[0] {
  const of = transition.tenantId === null ? ('everyone' as const) : ('tenant' as const);
  const at = { ...about(transition.report.build), of, reason: transition.reason };
  switch (transition.kind) {
    case 'opened':
      return { type: 'circuit_breaker_opened', ...at, detail: transition.detail };
    case 'closed':
      return { type: 'circuit_breaker_closed', ...at, openForMs: transition.openForMs };
    case 'probe_failed':
      return {
        type: 'circuit_breaker_probe_failed',
        ...at,
        probes: transition.probes,
        nextProbeInMs: transition.nextProbeInMs,
      };
  }
}

function settledEvent(build: ClaimedBuild, decision: BuildDecision | null): Parameters<EventListener>[0] {
  const binding = decision?.binding;
  if (!binding) return { type: 'lease_lost', ...about(build) };
  switch (binding.status) {
    case 'active':
      return { type: 'build_completed', ...about(build), workflowId: binding.workflowId };
    case 'pending':
      return { type: 'build_rescheduled', ...about(build), runInMs: binding.runInMs ?? 0 };
    default:
      return { type: 'build_failed', ...about(build), reason: binding.errorReason };
  }
}
