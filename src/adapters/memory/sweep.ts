import { BUILD_REQUESTS } from '../../core/build/messages.js';
import type { StrandedBuild, Sweep } from '../../ports/sweep.js';
import { isClaimable } from './leases.js';
import { byId } from './project-facts.js';
import { compositeKey } from './rows.js';
import type { Store } from './store.js';
import { rowLock, type Transaction } from './transaction.js';
import type { MemoryTx, Transactions } from './transactions.js';

type FindStranded = Sweep<never>['findStranded'];

export function createSweep(store: Store, transactions: Transactions): Sweep<MemoryTx> {
  return {
    findStranded: (tx, options) =>
      transactions.within(tx, async (transaction) => findStranded(store, transaction, options)),
  };
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
