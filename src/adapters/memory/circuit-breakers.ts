import type { CircuitBreakerFacts, CircuitBreakerRecord } from '../../core/build/circuit-breaker-facts.js';
import type { CircuitBreakerChange } from '../../core/circuit-breaker/decide-circuit-breakers.js';
import type { CircuitBreakers, OpenCircuitBreakerRow } from '../../ports/circuit-breakers.js';
import { type CircuitBreakerRow, compositeKey } from './rows.js';
import type { Store, View } from './store.js';
import { rowLock, type Transaction } from './transaction.js';
import type { MemoryTx, Transactions } from './transactions.js';

export function createCircuitBreakers(store: Store, transactions: Transactions): CircuitBreakers<MemoryTx> {
  const { committed, now } = store;
  return {
    load: async (tenantIds) => rowsOf(committed, tenantIds).map((row) => circuitBreakerRecord(row, now())),
    loadOpen: async (limit) => openCircuitBreakers(committed, now(), limit),
    save: (tx, change) =>
      transactions.within(tx, (transaction) => saveCircuitBreaker(transaction, now(), change)),
  };
}

const breakerKey = (tenantId: string | null) =>
  tenantId === null ? compositeKey('all') : compositeKey('tenant', tenantId);

function rowsOf(view: View, tenantIds: readonly string[]): readonly CircuitBreakerRow[] {
  return [...new Set([null, ...tenantIds])].flatMap(
    (tenantId) => view.get('circuitBreakers', breakerKey(tenantId))?.row ?? [],
  );
}

/** The global circuit breaker and those of these tenants, as far as they have failures. */
export function breakersOf(
  view: View,
  now: number,
  tenantIds: readonly string[],
): readonly CircuitBreakerFacts[] {
  return rowsOf(view, tenantIds)
    .filter(({ failures }) => failures > 0)
    .map((row) => circuitBreakerFacts(row, now));
}

function circuitBreakerRecord(row: CircuitBreakerRow, now: number): CircuitBreakerRecord {
  const { failuresOfAny, failingTenantIds, told } = row;
  return {
    ...circuitBreakerFacts(row, now),
    failuresOfAny,
    failingTenantIds,
    told: told && { reason: told.reason, msAgo: Math.max(0, now - told.at) },
  };
}

function circuitBreakerFacts(
  { tenantId, version, failures, open }: CircuitBreakerRow,
  now: number,
): CircuitBreakerFacts {
  return { tenantId, version, failures, open: open && openFacts(open, now) };
}

function openFacts(
  { reason, probes, openedAt, nextProbeAt }: NonNullable<CircuitBreakerRow['open']>,
  now: number,
) {
  return {
    reason,
    probes,
    openForMs: Math.max(0, now - openedAt),
    nextProbeInMs: Math.max(0, nextProbeAt - now),
  };
}

function openCircuitBreakers(view: View, now: number, limit: number): readonly OpenCircuitBreakerRow[] {
  return view
    .all('circuitBreakers')
    .flatMap(({ row: { tenantId, open } }) => (open ? [{ tenantId, open }] : []))
    .sort(
      (left, right) =>
        Number(left.tenantId !== null) - Number(right.tenantId !== null) ||
        left.open.openedAt - right.open.openedAt,
    )
    .slice(0, limit)
    .map(({ tenantId, open }) => ({ tenantId, ...openFacts(open, now), detail: open.detail }));
}

/** Whoever else has the row is waited for. */
async function saveCircuitBreaker(
  transaction: Transaction,
  now: number,
  { tenantId, version, next }: CircuitBreakerChange,
): Promise<boolean> {
  const key = breakerKey(tenantId);
  await transaction.lock(rowLock('circuitBreakers', key));
  const stored = transaction.get('circuitBreakers', key)?.row;
  if ((stored?.version ?? null) !== version) return false;
  if (!next) {
    transaction.remove('circuitBreakers', key);
    return true;
  }
  const { version: nextVersion, failures, failuresOfAny, failingTenantIds, tells, open } = next;
  transaction.put('circuitBreakers', key, {
    tenantId,
    version: nextVersion,
    failures,
    failuresOfAny,
    failingTenantIds,
    told: tells === null ? (stored?.told ?? null) : { reason: tells, at: now },
    open: open && {
      reason: open.reason,
      detail: open.detail ?? stored?.open?.detail ?? null,
      probes: open.probes,
      openedAt: stored?.open?.openedAt ?? now,
      nextProbeAt: now + open.nextProbeInMs,
    },
  });
  return true;
}

/** The open circuit breakers that apply to a tenant: whether a build may pass as a probe, and what happens when it does. */
export function openCircuitBreakersBefore(store: Store, transaction: Transaction, tenantId: string) {
  const open = [null, tenantId].flatMap((of) => {
    const key = breakerKey(of);
    const row = transaction.get('circuitBreakers', key)?.row;
    return row?.open ? [{ of, key, row, open: row.open }] : [];
  });
  return {
    /** `promised` counts builds of all tenants (`null`) or of one that are to pass before this one. */
    mayPass: (promised: (of: string | null) => number) =>
      open.every(
        (breaker) =>
          promised(breaker.of) === 0 &&
          breaker.open.nextProbeAt <= store.now() &&
          store.locks.isFree(rowLock('circuitBreakers', breaker.key)),
      ),
    /** Records the probe: no other build passes for `leaseMs`. */
    pass: (leaseMs: number) => {
      for (const { key, row, open: shut } of open)
        transaction.put('circuitBreakers', key, {
          ...row,
          open: { ...shut, nextProbeAt: store.now() + leaseMs },
        });
    },
  };
}
