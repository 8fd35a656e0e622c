import type { ClaimedBuild } from '../../core/build/facts.js';
import type { BuildReference, LeaseReference } from '../../ports/repository.js';
import { type ClaimCapacity, isHeld } from './claim-capacity.js';
import { buildFacts, ledgerOf } from './load-builds.js';
import { ofTenant } from './project-facts.js';
import type { BindingRow } from './rows.js';
import type { Store } from './store.js';
import { rowLock, type Transaction } from './transaction.js';
import type { Transactions } from './transactions.js';

/** `Repository.claimBuilds` for one build, inside a transaction that waits for nothing. */
export function claimBuild(
  store: Store,
  transaction: Transaction,
  build: BuildReference,
  leaseMs: number,
  capacity: ClaimCapacity,
  maxBlueprintBytes?: number,
): ClaimedBuild | 'over_limit' | null {
  const stored = ofTenant(transaction.get('bindings', build.bindingId), build.tenantId);
  if (!stored || !isClaimable(stored.row, store.now())) return null;
  // The holder of the lock is about to change the row, so waiting would be in vain.
  if (!store.locks.isFree(rowLock('bindings', stored.id))) return null;
  if (!capacity.isThere(build.tenantId)) return 'over_limit';

  const binding: BindingRow = {
    ...stored.row,
    fence: stored.row.fence + 1,
    leaseUntil: store.now() + leaseMs,
    updatedAt: store.now(),
  };
  const facts = buildFacts(transaction, store.now(), binding, maxBlueprintBytes);
  capacity.use(build.tenantId);
  const call = {
    id: store.newId(),
    number: 1 + ledgerOf(transaction, binding).filter(({ run }) => run === binding.run).length,
  };
  transaction.put('bindings', binding.id, binding);
  transaction.put('calls', call.id, {
    ...call,
    contentHash: facts.contentHash,
    tenantId: binding.tenantId,
    bindingId: binding.id,
    run: binding.run,
    fence: binding.fence,
    outcome: null,
    detail: null,
    findings: null,
    httpStatus: null,
    wrkRequestId: null,
    durationMs: null,
    workflowId: null,
    workflowUrl: null,
    decisionId: null,
    startedAt: store.now(),
    closedAt: null,
  });
  return { ...facts, call };
}

/** `Repository.extendLeases` for one lease. Waits for a decision that is being written, since it may roll back. */
export function extendLease(
  store: Store,
  transactions: Transactions,
  lease: LeaseReference,
  leaseMs: number,
): Promise<boolean> {
  return transactions.alone(async (transaction) => {
    const find = () => ofTenant(transaction.get('bindings', lease.bindingId), lease.tenantId);
    if (!find()) return false;
    await transaction.lock(rowLock('bindings', lease.bindingId));
    const stored = find();
    const now = store.now();
    if (!stored || stored.row.fence !== lease.fence || stored.row.status !== 'pending') return false;
    if (stored.row.leaseUntil === null || stored.row.leaseUntil <= now) return false;
    transaction.put('bindings', stored.id, { ...stored.row, leaseUntil: now + leaseMs });
    return true;
  });
}

/** Whether a worker may claim the binding now, which is never so for one that people carry out. */
export function isClaimable(binding: BindingRow, now: number): boolean {
  const isWorkers = binding.status === 'pending' && binding.orchestration === 'automatic';
  return isWorkers && binding.runAt <= now && !isHeld(binding, now);
}
