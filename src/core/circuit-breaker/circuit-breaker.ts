import type { CircuitBreakerFacts, OpenCircuitBreaker } from '../build/circuit-breaker-facts.js';

/** When the circuit breaker opens, and how patiently it is tried. Durations in milliseconds. */
export interface CircuitBreakerPolicy {
  /** Failed calls in a row, of whatever builds, that open it for everyone. Default 5. */
  readonly failureThreshold: number;
  /** From the opening to the first probe. Default 1,000 ms. Each probe that fails doubles the wait. */
  readonly initialProbeDelayMs: number;
  /** The longest wait between two probes. Default 60,000 ms. */
  readonly maxProbeDelayMs: number;
}

export const DEFAULT_CIRCUIT_BREAKER_POLICY: CircuitBreakerPolicy = {
  failureThreshold: 5,
  initialProbeDelayMs: 1_000,
  maxProbeDelayMs: 60_000,
};

/** Milliseconds from a failed probe, or the opening with 0 of them, to the next probe. */
export function probeDelayMs(
  { initialProbeDelayMs, maxProbeDelayMs }: CircuitBreakerPolicy,
  probes: number,
): number {
  return Math.min(initialProbeDelayMs * 2 ** probes, maxProbeDelayMs);
}

/** A circuit breaker that is open. */
export type BlockingCircuitBreaker = CircuitBreakerFacts & { readonly open: OpenCircuitBreaker };

/** The open circuit breaker that keeps a build from being called, everyone's before its tenant's; `null`: none does. */
export function blockingCircuitBreaker(
  circuitBreakers: readonly CircuitBreakerFacts[],
): BlockingCircuitBreaker | null {
  const open = circuitBreakers.flatMap((breaker) =>
    breaker.open ? [{ ...breaker, open: breaker.open }] : [],
  );
  return open.find(({ tenantId }) => tenantId === null) ?? open[0] ?? null;
}
