import type {
  CircuitBreakerFacts,
  CircuitBreakerRecord,
  OpenCircuitBreaker,
} from '../core/build/circuit-breaker-facts.js';
import type { CircuitBreakerChange } from '../core/circuit-breaker/decide-circuit-breakers.js';

/** An open circuit breaker, with the last failure. */
export type OpenCircuitBreakerRow = Pick<CircuitBreakerFacts, 'tenantId'> &
  OpenCircuitBreaker & {
    /** One line for the ops team. It may be about a call of any tenant. */
    readonly detail: string | null;
  };

/**
 * Stores the circuit breakers: one for all tenants, and one for each. A storage that has them holds builds back while
 * one is open: see `Repository.claimBuilds`.
 */
export interface CircuitBreakers<Tx> {
  /**
   * The circuit breaker of all tenants and those of these tenants, as far as they are stored. The facts of builds have
   * those with failures only.
   */
  readonly load: (tenantIds: readonly string[]) => Promise<readonly CircuitBreakerRecord[]>;

  /** Open circuit breakers, that of all tenants first, then those open longest, at most `limit`. */
  readonly loadOpen: (limit: number) => Promise<readonly OpenCircuitBreakerRow[]>;

  /**
   * Updates, inserts or deletes a circuit breaker. The race: of changes based on the same version exactly one gets
   * `true`; the others wait for it and change nothing. A transaction that changes several does so in the order of
   * `decideCircuitBreakers`.
   */
  readonly save: (tx: Tx, change: CircuitBreakerChange) => Promise<boolean>;
}
