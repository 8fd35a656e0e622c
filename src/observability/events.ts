import type { CircuitBreakerReason } from '../core/build/circuit-breaker-facts.js';
import type { RequestBuildError } from '../core/build/errors.js';
import type { QueueName } from '../core/build/messages.js';
import type { WrkAnswer } from '../core/orchestration/wrk-answer.js';
import type { RequestTrigger } from '../core/request/request-build.js';

interface AboutBuild {
  readonly tenantId: string;
  readonly automationVersionId: string;
  readonly bindingId: string;
  readonly requestId: string;
}

/** A circuit breaker, of all tenants or of one, and the build whose call changed it. */
interface AboutCircuitBreaker extends AboutBuild {
  readonly of: 'everyone' | 'tenant';
  readonly reason: CircuitBreakerReason;
}

/**
 * What the library did, for logs, metrics and traces. Durations are in milliseconds. No event contains a blueprint, a
 * body, a header or a secret.
 */
export type BuildEvent =
  | (AboutBuild & {
      readonly type: 'request_accepted';
      readonly trigger: RequestTrigger;
      readonly userId: string | null;
      readonly run: number;
      /** The answer is the stored one of an idempotency key; nothing was written. */
      readonly replayed: boolean;
      /** Made in the host's own transaction, which may still be rolled back. */
      readonly joined: boolean;
      readonly durationMs: number;
    })
  | {
      readonly type: 'request_refused';
      readonly tenantId: string;
      readonly target: string;
      readonly requestId: string;
      readonly trigger: RequestTrigger;
      readonly userId: string | null;
      readonly code: RequestBuildError['code'];
      readonly durationMs: number;
    }
  /** The host's database refuses a write for good, until somebody changes what `problem` names. A build's own outcome is told by `build_failed`. */
  | {
      readonly type: 'write_refused';
      readonly tenantId: string;
      /** A command that was refused, or carried out on the library's rows alone. */
      readonly write: 'request' | 'retry' | 'assign' | 'adopt' | 'undo_adoption' | 'cancel' | 'checklist';
      /** Id of the automation version or project of the request, of the build, or of the checklist's project. */
      readonly of: string;
      readonly problem: string;
    }
  /** A command of the ops team was carried out. */
  | (AboutBuild & {
      readonly type: 'command_executed';
      readonly command: 'retry' | 'assign' | 'adopt' | 'undo_adoption' | 'cancel';
      readonly userId: string;
    })
  | (AboutBuild & {
      readonly type: 'build_claimed';
      readonly run: number;
      /** Number of the call in its run. */
      readonly call: number;
      /** Id of the call: in the call ledger, and in a header to WRK. */
      readonly callId: string;
    })
  | (AboutBuild & {
      readonly type: 'wrk_answered';
      readonly call: number;
      readonly callId: string;
      /** `null`: no HTTP answer came. */
      readonly httpStatus: number | null;
      /** WRK's id of the request, if it sent one. */
      readonly wrkRequestId: string | null;
      readonly answer: WrkAnswer['kind'];
      readonly detail: string | null;
      readonly durationMs: number;
    })
  | (AboutBuild & { readonly type: 'build_completed'; readonly workflowId: string | null })
  | (AboutBuild & { readonly type: 'build_failed'; readonly reason: string | null })
  | (AboutBuild & { readonly type: 'build_rescheduled'; readonly runInMs: number })
  /** Another claim or command took over the build; only the ledger row of the call was closed. */
  | (AboutBuild & { readonly type: 'lease_lost' })
  /** Builds wait from now on, except for one probe at a time. */
  | (AboutCircuitBreaker & { readonly type: 'circuit_breaker_opened'; readonly detail: string | null })
  | (AboutCircuitBreaker & {
      readonly type: 'circuit_breaker_probe_failed';
      /** Failed probes since the circuit breaker opened. */
      readonly probes: number;
      readonly nextProbeInMs: number;
    })
  | (AboutCircuitBreaker & { readonly type: 'circuit_breaker_closed'; readonly openForMs: number })
  | {
      readonly type: 'notification_sent';
      readonly tenantId: string;
      readonly bindingId: string;
      readonly requestId: string;
      readonly channel: string;
      readonly template: string;
      readonly recipientId: string;
      readonly delivered: boolean;
      /** One line, without the contents of the message; `null` if delivered. */
      readonly problem: string | null;
    }
  | {
      readonly type: 'message_dead_lettered';
      readonly queue: QueueName;
      readonly tenantId: string;
      readonly messageId: string;
      readonly reason: string;
    }
  /** Builds that waited without a message got a new one. */
  | { readonly type: 'sweep_finished'; readonly strandedBuilds: number }
  /** Rows older than `retention` were removed. */
  | {
      readonly type: 'old_rows_removed';
      readonly deadLetters: number;
      readonly deliveries: number;
      readonly idempotencyAnswers: number;
    }
  | { readonly type: 'dead_letters_redriven'; readonly tenantId: string; readonly messages: number }
  /** A function that the host gave the library threw, took too long, or returned what cannot be used. */
  | {
      readonly type: 'host_function_failed';
      /** Where the host gave it: `resolveRecipients`, `notifiers.email`, `blueprint`, `prerequisites.0`. */
      readonly function: string;
      /** `null`: it was not called for a tenant. */
      readonly tenantId: string | null;
      /** One line of at most 200 characters, without secrets that the library knows. */
      readonly problem: string;
    }
  /** Something failed, for example a statement, and the worker continues. */
  | { readonly type: 'worker_problem'; readonly worker: string; readonly problem: string };

/**
 * Receives events. It is not awaited. What it throws, or what its promise rejects with, is ignored, since no build may fail
 * because of a log.
 */
export type EventListener = (event: BuildEvent) => void;
