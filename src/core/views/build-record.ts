import type { CircuitBreakerFacts } from '../build/circuit-breaker-facts.js';
import type { BindingFacts, CallFacts } from '../build/facts.js';

/** One call to WRK, as ops see it. */
export interface CallRecord extends CallFacts {
  /** ISO 8601, the database's time. */
  readonly startedAt: string;
  /** How long WRK was waited for, in milliseconds; `null`: it was not asked, or its answer was not recorded. */
  readonly durationMs: number | null;
  readonly httpStatus: number | null;
  /** WRK's own name for the request. */
  readonly wrkRequestId: string | null;
}

/** Everything that a person may want to know about a build, as it stands. */
export interface BuildRecord {
  readonly tenantId: string;
  readonly automationVersionId: string;
  readonly binding: BindingFacts;
  /** `null` where the host deleted the version. */
  readonly automationName: string | null;
  readonly automationVersionStatus: string | null;
  readonly projectId: string | null;
  readonly projectName: string | null;
  /** Why the build failed, in detail: a line, WRK's or our findings, and how often WRK was called. */
  readonly errorDetails: Readonly<Record<string, unknown>> | null;
  /** ISO 8601, the database's time, microseconds kept. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Milliseconds until a worker may claim it; below 0: it has been due for so long. */
  readonly dueInMs: number;
  /** Milliseconds that a worker's lease still lasts; `null`: nobody holds the build. */
  readonly heldForMs: number | null;
  /** The whole ledger, oldest call first, open ones included. */
  readonly calls: readonly CallRecord[];
  /** The circuit breakers that concern it, where something is wrong: everyone's, and that of its tenant. */
  readonly circuitBreakers: readonly CircuitBreakerFacts[];
}
