import type { CircuitBreakerFacts, OpenCircuitBreaker } from '../build/circuit-breaker-facts.js';
import type { Complete } from '../input/complete.js';

/** When the circuit breaker opens, and how patiently WRK is tried again. */
export interface CircuitBreakerOptions {
  /**
   * Failed calls in a row that open a tenant's. They open it for everyone if they are of builds of at least three
   * tenants, or if none of them reached WRK. A whole number from 1 to 1,000,000.
   *
   * @default 5
   */
  readonly failureThreshold?: number | undefined;
  /**
   * From the opening to the first probe, in milliseconds, from 1 to 86,400,000 (1 day). Each failed probe doubles the wait.
   *
   * @default 1_000
   */
  readonly initialProbeDelayMs?: number | undefined;
  /**
   * The longest wait between two probes, in milliseconds, from `initialProbeDelayMs` to 86,400,000 (1 day).
   *
   * @default 60_000
   */
  readonly maxProbeDelayMs?: number | undefined;
}

/** When the circuit breaker opens, with all defaults. */
export type CircuitBreakerPolicy = Complete<CircuitBreakerOptions>;

export const DEFAULT_CIRCUIT_BREAKER_POLICY: CircuitBreakerPolicy = {
  failureThreshold: 5,
  initialProbeDelayMs: 1_000,
  maxProbeDelayMs: 60_000,
};

/** Tenants whose builds must have failed before failures that may be a tenant's own open the circuit breaker of everyone. */
export const MIN_FAILING_TENANTS = 3;

/** A circuit breaker that opens and closes again and again is told of once in so many milliseconds: 10 minutes. */
export const ALARM_INTERVAL_MS = 600_000;

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
