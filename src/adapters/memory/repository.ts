import type { Repository } from '../../ports/repository.js';
import { isSettled, saveDelivery } from './deliveries.js';
import { claimBuild, extendLease, findStranded } from './leases.js';
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
    savepoint: transactions.savepoint,
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
    loadBuilds: async (builds, { waitMs } = {}) => {
      if (waitMs !== undefined)
        await locks.waitUntilFree(
          () => builds.flatMap((build) => locksOfBuild(committed, build)),
          waitMs,
          null,
        );
      return builds.map((build) => loadBuild(committed, build));
    },
    save: (tx, decisions) => transactions.within(tx, (transaction) => save(store, transaction, decisions)),
    claim: async (builds, { leaseMs }) =>
      transactions.atOnce((transaction) =>
        builds.map((build) => claimBuild(store, transaction, build, leaseMs)),
      ),
    extendLeases: (leases, { leaseMs }) =>
      Promise.all(leases.map((lease) => extendLease(store, transactions, lease, leaseMs))),
    findStranded: async ({ limit }) => findStranded(store, limit),
    findSettledDeliveries: async (keys) => keys.map((key) => isSettled(committed, key)),
    saveDeliveries: async (rows) => {
      transactions.atOnce((transaction) => {
        for (const row of rows) saveDelivery(transaction, row);
      });
    },
  };
}
