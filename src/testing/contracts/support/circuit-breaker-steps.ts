import { expect } from 'vitest';
import type { CircuitBreakerFacts } from '../../../core/build/circuit-breaker-facts.js';
import type { CircuitBreakerChange } from '../../../core/circuit-breaker/decide-circuit-breakers.js';
import type { CircuitBreakerState } from '../../../core/circuit-breaker/follow-circuit-breaker.js';
import { stableId } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from './capability-of.js';
import { commit, LONG_MS } from './store-steps.js';

/** The version that a change of this name gives a breaker. */
export const versionOf = (name: string): string => stableId('breaker', name);

/** A circuit breaker that is open, and that nobody may try for longer than any test runs. */
export const SHUT: NonNullable<CircuitBreakerState['open']> = {
  reason: 'credentials_refused',
  detail: 'WRK answered 401',
  probes: 0,
  nextProbeInMs: LONG_MS,
};

/** Saves one circuit breaker in a transaction that commits; whether it was written. `from` and `to` name versions. */
export function saveCircuitBreaker<Tx>(
  store: StorageHarness<Tx>,
  {
    tenantId = null,
    from,
    to,
    failures = 1,
    open = null,
  }: Partial<CircuitBreakerState> & {
    readonly tenantId?: string | null;
    /** `null`: there is none yet. */
    readonly from: string | null;
    /** `null`: it goes. */
    readonly to: string | null;
  },
): Promise<boolean> {
  const change: CircuitBreakerChange = {
    tenantId,
    version: from === null ? null : versionOf(from),
    next: to === null ? null : { failures, open, version: versionOf(to) },
  };
  return commit(store, (tx) => capabilityOf(store, 'circuitBreakers').save(tx, change));
}

/** Opens a circuit breaker that is not there yet, to be tried after so many milliseconds. */
export async function openCircuitBreaker<Tx>(
  store: StorageHarness<Tx>,
  { tenantId = null, nextProbeInMs }: { readonly tenantId?: string | null; readonly nextProbeInMs: number },
): Promise<void> {
  const open = { ...SHUT, nextProbeInMs };
  expect(await saveCircuitBreaker(store, { tenantId, from: null, to: 'open', open })).toBe(true);
}

/** Everyone's circuit breaker, if it is there. */
export async function everyonesBreaker<Tx>(
  store: StorageHarness<Tx>,
): Promise<CircuitBreakerFacts | undefined> {
  return (await capabilityOf(store, 'circuitBreakers').load([])).find(({ tenantId }) => tenantId === null);
}
