/** Why calls to WRK wait. The strings are stored, and notifications carry them: they never change. */
export type CircuitBreakerReason = 'credentials_refused' | 'tenant_refused' | 'consecutive_failures';

/** A circuit breaker while it is open. Durations in milliseconds, on the database's clock when it was read. */
export interface OpenCircuitBreaker {
  /** What the last call that failed here says; it may change while the circuit breaker stays open. */
  readonly reason: CircuitBreakerReason;
  /** Builds that were let through to try, and failed. */
  readonly probes: number;
  readonly openForMs: number;
  /** 0: the next build that is due is let through. */
  readonly nextProbeInMs: number;
}

/**
 * The circuit breaker of everyone, or of one tenant. A build has one only while something is wrong: with failures in a
 * row it is still closed, and counts them.
 */
export interface CircuitBreakerFacts {
  /** `null`: everyone's. */
  readonly tenantId: string | null;
  /** Another after every change, but for a probe that is let through: that leaves it. */
  readonly version: string;
  readonly failures: number;
  readonly open: OpenCircuitBreaker | null;
}

/** A circuit breaker as it is stored, for whoever changes it. Builds are told less: it may name tenants that are not theirs. */
export interface CircuitBreakerRecord extends CircuitBreakerFacts {
  /** Of `failures`, those that open it whosever builds they are. */
  readonly failuresOfAny: number;
  /** Whose builds the other failures are: at most as many ids as it takes to open it for everyone. */
  readonly failingTenantIds: readonly string[];
  /** When the ops team was last notified that it is open, and why it was; `null`: never, as far as is stored. */
  readonly told: { readonly reason: CircuitBreakerReason; readonly msAgo: number } | null;
}
