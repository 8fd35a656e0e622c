import { NO_LIMITS } from '../../ports/claim-limits.js';
import type { Repository } from '../../ports/repository.js';
import { claimCapacity } from './claim-capacity.js';
import { claimBuild, extendLease } from './leases.js';
import { loadBuild, locksOfBuild } from './load-builds.js';
import { loadRequest, locksOfRequest } from './load-requests.js';
import { save } from './save.js';
import type { Store, View } from './store.js';
import type { MemoryTx, Transactions } from './transactions.js';

export function createRepository(store: Store, transactions: Transactions): Repository<MemoryTx> {
  const { committed, locks } = store;
  return {
    database: store.database,
    transaction: transactions.run,
    loadRequests: async (queries, { waitMs, tx } = {}) => {
      const read = (view: View) => queries.map((query) => loadRequest(view, store.now(), query));
      const locksIn = (view: View) => () => queries.flatMap((query) => locksOfRequest(view, query));
      if (tx !== undefined) {
        return transactions.within(tx, async (transaction) => {
          if (waitMs !== undefined) await transaction.waitForOthers(locksIn(transaction), waitMs);
          return read(transaction);
        });
      }
      if (waitMs !== undefined) await locks.waitUntilFree(locksIn(committed), waitMs, null);
      return read(committed);
    },
    loadBuilds: async (builds, { waitMs, maxBlueprintBytes } = {}) => {
      if (waitMs !== undefined)
        await locks.waitUntilFree(
          () => builds.flatMap((build) => locksOfBuild(committed, build)),
          waitMs,
          null,
        );
      return builds.map((build) => loadBuild(committed, store.now(), build, maxBlueprintBytes));
    },
    save: (tx, decisions) => transactions.within(tx, (transaction) => save(store, transaction, decisions)),
    claimBuilds: async (builds, { leaseMs, limits = NO_LIMITS, maxBlueprintBytes }) =>
      transactions.atOnce((transaction) => {
        const capacity = claimCapacity(store, transaction, limits, leaseMs);
        return builds.map((build) =>
          claimBuild(store, transaction, build, leaseMs, capacity, maxBlueprintBytes),
        );
      }),
    extendLeases: (leases, { leaseMs }) =>
      Promise.all(leases.map((lease) => extendLease(store, transactions, lease, leaseMs))),
  };
}
