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

/** A circuit breaker, and the build whose call moved it: of everyone, or of the tenant of the build. */
interface AboutCircuitBreaker extends AboutBuild {
  readonly of: 'everyone' | 'tenant';
  readonly reason: CircuitBreakerReason;
}

/**
 * What the library did, as it happened: logs, metrics and traces are made from these. Durations in milliseconds.
 * No event carries a blueprint, a body, a header or a secret.
 */
export type BuildEvent =
  | (AboutBuild & {
      readonly type: 'request_accepted';
      readonly trigger: RequestTrigger;
      readonly userId: string | null;
      readonly run: number;
      /** The answer was stored under the idempotency key; nothing was written. */
      readonly replayed: boolean;
      /** Within the host's own transaction, which is still open and may yet be rolled back: then there is no build. */
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
  /** A person's command was carried out. */
  | (AboutBuild & {
      readonly type: 'command_executed';
      readonly command: 'retry' | 'assign' | 'adopt' | 'cancel';
      readonly userId: string;
    })
  | (AboutBuild & {
      readonly type: 'build_claimed';
      readonly run: number;
      /** Number of the call in its run. */
      readonly call: number;
      /** Id of the call: of its row in the call ledger, and in its header to WRK. */
      readonly callId: string;
    })
  | (AboutBuild & {
      readonly type: 'wrk_answered';
      readonly call: number;
      readonly callId: string;
      /** `null`: no HTTP answer came. */
      readonly httpStatus: number | null;
      /** WRK's own name for the request, if it gave one. */
      readonly wrkRequestId: string | null;
      readonly answer: WrkAnswer['kind'];
      readonly detail: string | null;
      readonly durationMs: number;
    })
  | (AboutBuild & { readonly type: 'build_completed'; readonly workflowId: string | null })
  | (AboutBuild & { readonly type: 'build_failed'; readonly reason: string | null })
  | (AboutBuild & { readonly type: 'build_rescheduled'; readonly runInMs: number })
  /** Another claim or command took the build over; only its ledger row was closed. */
  | (AboutBuild & { readonly type: 'lease_lost' })
  /** From now on builds wait uncalled, but for one at a time that tries. */
  | (AboutCircuitBreaker & { readonly type: 'circuit_breaker_opened'; readonly detail: string | null })
  | (AboutCircuitBreaker & {
      readonly type: 'circuit_breaker_probe_failed';
      /** How many have failed since the circuit breaker opened. */
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
      /** One line, without the message's contents; `null` when delivered. */
      readonly problem: string | null;
    }
  | {
      readonly type: 'message_dead_lettered';
      readonly queue: QueueName;
      readonly tenantId: string;
      readonly messageId: string;
      readonly reason: string;
    }
  /** Builds that waited without a message have one again. */
  | { readonly type: 'sweep_finished'; readonly strandedBuilds: number }
  /** What was older than `retention` says is gone. */
  | {
      readonly type: 'old_rows_removed';
      readonly deadLetters: number;
      readonly deliveries: number;
      readonly idempotencyAnswers: number;
    }
  | { readonly type: 'dead_letters_redriven'; readonly tenantId: string; readonly messages: number }
  /** Something below failed, and the worker goes on: the database was away, a batch could not be taken. */
  | { readonly type: 'worker_problem'; readonly worker: string; readonly problem: string };

/** Where events go. It must not throw; one that does is ignored, since no build may fail for the sake of a log. */
export type EventListener = (event: BuildEvent) => void;
