import type { GateFacts } from '../../core/circuit-breaker/circuit-breaker.js';
import type { GateChange } from '../../core/circuit-breaker/decide-circuit-breakers.js';
import type { ClosedGateRow } from '../../ports/repository.js';
import { compositeKey, type GateRow } from './rows.js';
import type { Store, View } from './store.js';
import { rowLock, type Transaction } from './transaction.js';

const gateKey = (tenantId: string | null) =>
  tenantId === null ? compositeKey('all') : compositeKey('tenant', tenantId);

/** The gates of everyone and of these tenants, where something is wrong. */
export function gatesOf(view: View, now: number, tenantIds: readonly string[]): readonly GateFacts[] {
  return [...new Set([null, ...tenantIds])].flatMap((tenantId) => {
    const row = view.get('gates', gateKey(tenantId))?.row;
    return row ? [gateFacts(row, now)] : [];
  });
}

function gateFacts({ tenantId, version, failures, closed }: GateRow, now: number): GateFacts {
  return { tenantId, version, failures, closed: closed && closedFacts(closed, now) };
}

function closedFacts({ reason, probes, closedAt, nextProbeAt }: NonNullable<GateRow['closed']>, now: number) {
  return {
    reason,
    probes,
    closedForMs: Math.max(0, now - closedAt),
    nextProbeInMs: Math.max(0, nextProbeAt - now),
  };
}

/** `Repository.loadClosedGates`. */
export function closedGates(view: View, now: number, limit: number): readonly ClosedGateRow[] {
  return view
    .all('gates')
    .flatMap(({ row: { tenantId, closed } }) => (closed ? [{ tenantId, closed }] : []))
    .sort(
      (left, right) =>
        Number(left.tenantId !== null) - Number(right.tenantId !== null) ||
        left.closed.closedAt - right.closed.closedAt,
    )
    .slice(0, limit)
    .map(({ tenantId, closed }) => ({ tenantId, ...closedFacts(closed, now), detail: closed.detail }));
}

/** `Repository.saveGate`. Whoever else has the row is waited for. */
export async function saveGate(
  transaction: Transaction,
  now: number,
  { tenantId, version, next }: GateChange,
): Promise<boolean> {
  const key = gateKey(tenantId);
  await transaction.lock(rowLock('gates', key));
  const stored = transaction.get('gates', key)?.row;
  if ((stored?.version ?? null) !== version) return false;
  if (!next) {
    transaction.remove('gates', key);
    return true;
  }
  const { version: nextVersion, failures, closed } = next;
  transaction.put('gates', key, {
    tenantId,
    version: nextVersion,
    failures,
    closed: closed && {
      reason: closed.reason,
      detail: closed.detail ?? stored?.closed?.detail ?? null,
      probes: closed.probes,
      closedAt: stored?.closed?.closedAt ?? now,
      nextProbeAt: now + closed.nextProbeInMs,
    },
  });
  return true;
}

/** The gates of everyone and of the tenant that are closed: whether they let a build through, and what happens if it goes. */
export function closedGatesBefore(store: Store, transaction: Transaction, tenantId: string) {
  const closed = [gateKey(null), gateKey(tenantId)].flatMap((key) => {
    const row = transaction.get('gates', key)?.row;
    return row?.closed ? [{ key, row, closed: row.closed }] : [];
  });
  return {
    mayPass: () =>
      closed.every(
        (gate) => gate.closed.nextProbeAt <= store.now() && store.locks.isFree(rowLock('gates', gate.key)),
      ),
    /** Lets nobody else through for `leaseMs`. */
    pass: (leaseMs: number) => {
      for (const { key, row, closed: shut } of closed)
        transaction.put('gates', key, { ...row, closed: { ...shut, nextProbeAt: store.now() + leaseMs } });
    },
  };
}
