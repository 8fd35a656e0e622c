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
 * The circuit breaker of everyone, or of one tenant. There is one only while something is wrong: with failures in a row
 * it is still closed, and counts them.
 */
export interface CircuitBreakerFacts {
  /** `null`: everyone's. */
  readonly tenantId: string | null;
  /** Another after every change, but for a probe that is let through: that leaves it. */
  readonly version: string;
  readonly failures: number;
  readonly open: OpenCircuitBreaker | null;
}
