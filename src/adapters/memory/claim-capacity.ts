import { burstOf, type ClaimLimits } from '../../ports/claim-limits.js';
import { openCircuitBreakersBefore } from './circuit-breakers.js';
import { type BindingRow, compositeKey, type MessageRow } from './rows.js';
import type { Store } from './store.js';
import type { Stored } from './tables.js';
import type { Transaction } from './transaction.js';

/** What the limits and the circuit breakers still allow within one claim. */
export interface ClaimCapacity {
  readonly isThere: (tenantId: string) => boolean;
  /** Whether there is capacity for one more message, whose build is claimed later. If so, it is promised to that. */
  readonly promise: (tenantId: string) => boolean;
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
      { key: compositeKey('all'), perSecond: callsPerSecond.global, of: null },
      { key: compositeKey('tenant', tenantId), perSecond: callsPerSecond.perTenant, of: tenantId },
    ].flatMap(({ key, perSecond, of }) => (perSecond === null ? [] : [{ key, perSecond, of }]));
  const fits = (max: number | null, count: () => number) => max === null || count() < max;
  const promised: string[] = [];
  const promisedOf = (tenantId: string | null) =>
    promised.filter((each) => tenantId === null || each === tenantId).length;

  const isThere = (tenantId: string) =>
    fits(concurrency.global, () => promisedOf(null) + held(() => true)) &&
    fits(concurrency.perTenant, () => promisedOf(tenantId) + held((row) => row.tenantId === tenantId)) &&
    bucketsOf(tenantId).every(({ key, perSecond, of }) => tokensIn(key, perSecond) >= 1 + promisedOf(of)) &&
    openCircuitBreakersBefore(store, transaction, tenantId).mayPass(promisedOf);

  return {
    isThere,
    promise: (tenantId) => {
      const isGiven = isThere(tenantId);
      if (isGiven) promised.push(tenantId);
      return isGiven;
    },
    use: (tenantId) => {
      openCircuitBreakersBefore(store, transaction, tenantId).pass(leaseMs);
      for (const { key, perSecond } of bucketsOf(tenantId)) {
        const refilledAt = Math.max(now, transaction.get('claimLimits', key)?.row.refilledAt ?? now);
        transaction.put('claimLimits', key, { tokens: tokensIn(key, perSecond) - 1, refilledAt });
      }
    },
  };
}

/** The first `limit` of these messages that there is capacity for; without `capacity`, the first `limit`. */
export function within(
  capacity: ClaimCapacity | undefined,
  messages: readonly Stored<MessageRow>[],
  limit: number,
): readonly Stored<MessageRow>[] {
  const picked: Stored<MessageRow>[] = [];
  for (const message of messages) {
    if (picked.length >= limit) break;
    if (capacity?.promise(message.row.tenantId) ?? true) picked.push(message);
  }
  return picked;
}

/** Whether a worker holds the build. */
export function isHeld({ status, leaseUntil }: BindingRow, now: number): boolean {
  return status === 'pending' && leaseUntil !== null && leaseUntil > now;
}
