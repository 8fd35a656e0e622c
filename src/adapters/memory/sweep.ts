import { BUILD_REQUESTS } from '../../core/build/messages.js';
import type { StrandedBuild, Sweep, UnresolvedBuild } from '../../ports/sweep.js';
import { isClaimable } from './leases.js';
import { byId } from './project-facts.js';
import { compositeKey } from './rows.js';
import type { Store } from './store.js';
import { rowLock, type Transaction } from './transaction.js';
import type { MemoryTx, Transactions } from './transactions.js';

type FindStranded = Sweep<never>['findStranded'];
type TakeUnresolved = Sweep<never>['takeUnresolved'];

export function createSweep(store: Store, transactions: Transactions): Sweep<MemoryTx> {
  return {
    findStranded: (tx, options) =>
      transactions.within(tx, async (transaction) => findStranded(store, transaction, options)),
    takeUnresolved: (options) =>
      transactions.alone(async (transaction) => takeUnresolved(store, transaction, options)),
    followUpAgain: (build, inMs) =>
      transactions.alone(async (transaction) => followUpAgain(store, transaction, build, inMs)),
  };
}

async function takeUnresolved(
  { committed, now }: Store,
  transaction: Transaction,
  { limit, leaseMs }: Parameters<TakeUnresolved>[0],
): ReturnType<TakeUnresolved> {
  const due = committed
    .all('bindings')
    .flatMap(({ row }) =>
      row.followUpAt !== null && row.followUpAt <= now() ? [{ ...row, dueAt: row.followUpAt }] : [],
    )
    .sort((left, right) => left.dueAt - right.dueAt || byId(left, right))
    .filter(({ id }) => transaction.tryLocks([rowLock('bindings', id)]))
    .slice(0, limit);
  return due.map(({ dueAt: _, ...row }) => {
    const followUps = row.followUps + 1;
    transaction.put('bindings', row.id, { ...row, followUpAt: now() + leaseMs, followUps });
    return { tenantId: row.tenantId, bindingId: row.id, followUps };
  });
}

async function followUpAgain(
  store: Store,
  transaction: Transaction,
  { tenantId, bindingId, followUps }: UnresolvedBuild,
  inMs: number | null,
): Promise<void> {
  await transaction.lock(rowLock('bindings', bindingId));
  const row = transaction.get('bindings', bindingId)?.row;
  if (row?.tenantId !== tenantId || row.followUps !== followUps || row.followUpAt === null) return;
  transaction.put('bindings', bindingId, { ...row, followUpAt: inMs === null ? null : store.now() + inMs });
}

/** A dead letter wakes nobody, so it does not count as a message. */
function findStranded(
  { committed, now }: Store,
  transaction: Transaction,
  { limit, cursor }: Parameters<FindStranded>[1],
): Awaited<ReturnType<FindStranded>> {
  const awaited = new Set<string>();
  for (const { row } of committed.all('messages')) {
    if (row.queue === BUILD_REQUESTS && row.deadReason === null)
      awaited.add(compositeKey(row.tenantId, row.body.bindingId));
  }
  const lookedAt = committed
    .all('bindings')
    .map(({ row }) => row)
    .filter((row) => isClaimable(row, now()))
    .sort((left, right) => left.runAt - right.runAt || byId(left, right))
    .map((row) => ({ ...row, bindingId: row.id, dueAt: new Date(row.runAt).toISOString() }))
    .filter((build) => cursor === null || isBehind(build, cursor))
    .slice(0, limit);
  const builds: StrandedBuild[] = [];
  for (const { tenantId, bindingId, requestId, priority } of lookedAt) {
    if (awaited.has(compositeKey(tenantId, bindingId))) continue;
    if (!transaction.tryLocks([rowLock('bindings', bindingId)])) continue;
    builds.push({ tenantId, bindingId, requestId, priority });
  }
  const last = lookedAt.length < limit ? undefined : lookedAt.at(-1);
  return { builds, nextCursor: last ? { bindingId: last.bindingId, dueAt: last.dueAt } : null };
}

function isBehind(
  build: { readonly bindingId: string; readonly dueAt: string },
  after: { readonly bindingId: string; readonly dueAt: string },
): boolean {
  return build.dueAt === after.dueAt ? build.bindingId > after.bindingId : build.dueAt > after.dueAt;
}
