import type { CircuitBreakerFacts, OpenCircuitBreaker } from '../core/build/circuit-breaker-facts.js';
import type { CircuitBreakerChange } from '../core/circuit-breaker/decide-circuit-breakers.js';

/** A circuit breaker that is open, with what the last call that failed at it said. */
export type OpenCircuitBreakerRow = Pick<CircuitBreakerFacts, 'tenantId'> &
  OpenCircuitBreaker & {
    /** One line for ops. It may tell of a call of any tenant. */
    readonly detail: string | null;
  };

/**
 * Keeps what is known of WRK, for everyone and for each tenant. A repository whose storage has it holds builds back at a
 * circuit breaker that is open: see `Repository.claimBuilds`.
 */
export interface CircuitBreakers<Tx> {
  /** Everyone's circuit breaker and those of these tenants, where something is wrong. */
  readonly load: (tenantIds: readonly string[]) => Promise<readonly CircuitBreakerFacts[]>;

  /** Circuit breakers that are open, everyone's first, then those that have been open longest, at most `limit`. */
  readonly loadOpen: (limit: number) => Promise<readonly OpenCircuitBreakerRow[]>;

  /**
   * Writes, adds or removes a circuit breaker. The race: of changes made on the same version exactly one gets `true`; the
   * others wait for it and change nothing. Circuit breakers that one transaction changes are changed in the order of
   * `decideCircuitBreakers`.
   */
  readonly save: (tx: Tx, change: CircuitBreakerChange) => Promise<boolean>;
}
