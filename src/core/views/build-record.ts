import type { CircuitBreakerFacts } from '../build/circuit-breaker-facts.js';
import type { BindingFacts, CallFacts } from '../build/facts.js';

/** One call to WRK, as the ops team sees it. */
export interface CallRecord extends Omit<CallFacts, 'startedMsAgo' | 'closedMsAgo'> {
  /** The number of WRK's findings; in a list of builds, `findings` itself is empty. */
  readonly findingsInAll: number;
  /** ISO 8601, the database's time. */
  readonly startedAt: string;
  /** Duration in milliseconds; `null` if WRK was not called, or its answer was not recorded. */
  readonly durationMs: number | null;
  readonly httpStatus: number | null;
  /** WRK's id of the request. */
  readonly wrkRequestId: string | null;
}

/** Everything that a person may want to know about a build. */
export interface BuildRecord {
  readonly tenantId: string;
  readonly automationVersionId: string;
  readonly binding: BindingFacts;
  /** `null` if the host deleted the version. */
  readonly automationName: string | null;
  readonly automationVersionStatus: string | null;
  readonly projectId: string | null;
  readonly projectName: string | null;
  /** Details of the failure: one line, the findings of WRK or of the library (not in a list), and the number of calls. */
  readonly errorDetails: Readonly<Record<string, unknown>> | null;
  /** ISO 8601, the database's time, microseconds kept. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Milliseconds until a worker may claim it; negative if it is due already. */
  readonly dueInMs: number;
  /** Milliseconds until the lease of a worker ends; `null` if no worker holds the build. */
  readonly heldForMs: number | null;
  /** The newest calls, oldest first, open ones included: 50 of one build, and one of each build in a list. */
  readonly calls: readonly CallRecord[];
  /** The number of all calls, of all runs. */
  readonly callsInAll: number;
  /** What the last answered call of the current run came to, in one line; `null` if none was answered. */
  readonly lastAnswer: string | null;
  /** Its circuit breakers with failures: that of all tenants, and that of its tenant. */
  readonly circuitBreakers: readonly CircuitBreakerFacts[];
}
