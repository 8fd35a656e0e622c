import { burstOf, type ClaimLimits } from '../../ports/claim-limits.js';
import { openCircuitBreakersBefore } from './circuit-breakers.js';
import { type BindingRow, compositeKey } from './rows.js';
import type { Store } from './store.js';
import type { Transaction } from './transaction.js';

/** What the limits and the circuit breakers still allow within one claim. */
export interface ClaimCapacity {
  readonly isThere: (tenantId: string) => boolean;
  /** Counts one build against the limits, and as the probe of open circuit breakers. */
  readonly use: (tenantId: string) => void;
}

/**
 * Concurrency is the number of live leases, which grows during the claim. Rates are kept in token buckets. A build that
 * passes an open circuit breaker as a probe delays the next probe by `leaseMs`.
 */
export function claimCapacity(
  store: Store,
  transaction: Transaction,
  { concurrency, callsPerSecond }: ClaimLimits,
  leaseMs: number,
): ClaimCapacity {
  const now = store.now();
  const held = (of: (row: BindingRow) => boolean) =>
    transaction.all('bindings').filter(({ row }) => isHeld(row, now) && of(row)).length;
  const tokensIn = (key: string, perSecond: number) => {
    const bucket = transaction.get('claimLimits', key)?.row;
    if (!bucket) return burstOf(perSecond);
    const gained = (perSecond * Math.max(0, now - bucket.refilledAt)) / 1000;
    return Math.min(burstOf(perSecond), bucket.tokens + gained);
  };
  const bucketsOf = (tenantId: string) =>
    [
      { key: compositeKey('all'), perSecond: callsPerSecond.global },
      { key: compositeKey('tenant', tenantId), perSecond: callsPerSecond.perTenant },
    ].flatMap(({ key, perSecond }) => (perSecond === null ? [] : [{ key, perSecond }]));
  const fits = (most: number | null, count: () => number) => most === null || count() < most;

  return {
    isThere: (tenantId) =>
      fits(concurrency.global, () => held(() => true)) &&
      fits(concurrency.perTenant, () => held((row) => row.tenantId === tenantId)) &&
      bucketsOf(tenantId).every(({ key, perSecond }) => tokensIn(key, perSecond) >= 1) &&
      openCircuitBreakersBefore(store, transaction, tenantId).mayPass(),
    use: (tenantId) => {
      openCircuitBreakersBefore(store, transaction, tenantId).pass(leaseMs);
      for (const { key, perSecond } of bucketsOf(tenantId)) {
        const refilledAt = Math.max(now, transaction.get('claimLimits', key)?.row.refilledAt ?? now);
        transaction.put('claimLimits', key, { tokens: tokensIn(key, perSecond) - 1, refilledAt });
      }
    },
  };
}

/** Whether a worker holds the build. */
export function isHeld({ status, leaseUntil }: BindingRow, now: number): boolean {
  return status === 'pending' && leaseUntil !== null && leaseUntil > now;
}
