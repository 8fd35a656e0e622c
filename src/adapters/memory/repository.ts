import { NO_LIMITS } from '../../ports/claim-limits.js';
import type { Repository } from '../../ports/repository.js';
import { breakersOf, openCircuitBreakers, saveCircuitBreaker } from './circuit-breakers.js';
import { claimCapacity, isHeld } from './claim-capacity.js';
import { saveDeliveryRecord, settledAs } from './deliveries.js';
import { findBuilds } from './find-builds.js';
import { findChangedBuilds } from './find-changed-builds.js';
import { findStranded } from './find-stranded.js';
import { claimBuild, extendLease } from './leases.js';
import { loadBuild, locksOfBuild } from './load-builds.js';
import { loadRequest, locksOfRequest } from './load-requests.js';
import { checklistOf, ofTenant } from './project-facts.js';
import { removeOld } from './remove-old.js';
import { save } from './save.js';
import { isStorable } from './storable.js';
import type { Store, View } from './store.js';
import { rowLock } from './transaction.js';
import type { MemoryTx, Transactions } from './transactions.js';

export function createRepository(store: Store, transactions: Transactions): Repository<MemoryTx> {
  const { committed, locks } = store;
  return {
    database: store.database,
    // As for a host with text ids.
    isHostId: (id) => id !== '' && isStorable(id),
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
      return builds.map((build) => loadBuild(committed, store.now(), build));
    },
    findBuilds: async (query) => findBuilds(committed, store.now(), query),
    findChangedBuilds: async (query) => findChangedBuilds(committed, store.now(), query),
    lockChecklist: (tx, { tenantId, projectId }) =>
      transactions.within(tx, async (transaction) => {
        const find = () => ofTenant(transaction.get('projects', projectId), tenantId);
        if (!find()) return null;
        await transaction.lock(rowLock('projects', projectId));
        return find() ? checklistOf(transaction, tenantId, projectId) : null;
      }),
    saveProgress: (tx, { tenantId, projectId, checklistProgress }) =>
      transactions.within(tx, async (transaction) => {
        const stored = ofTenant(transaction.get('projects', projectId), tenantId);
        if (stored) transaction.put('projects', projectId, { ...stored.row, checklistProgress });
      }),
    save: (tx, decisions) => transactions.within(tx, (transaction) => save(store, transaction, decisions)),
    claim: async (builds, { leaseMs, limits = NO_LIMITS }) =>
      transactions.atOnce((transaction) => {
        const capacity = claimCapacity(store, transaction, limits, leaseMs);
        return builds.map((build) => claimBuild(store, transaction, build, leaseMs, capacity));
      }),
    extendLeases: (leases, { leaseMs }) =>
      Promise.all(leases.map((lease) => extendLease(store, transactions, lease, leaseMs))),
    findStranded: (tx, options) =>
      transactions.within(tx, async (transaction) => findStranded(store, transaction, options)),
    loadCircuitBreakers: async (tenantIds) => breakersOf(committed, store.now(), tenantIds),
    loadOpenCircuitBreakers: async (limit) => openCircuitBreakers(committed, store.now(), limit),
    saveCircuitBreaker: (tx, change) =>
      transactions.within(tx, (transaction) => saveCircuitBreaker(transaction, store.now(), change)),
    countHeld: async () => committed.all('bindings').filter(({ row }) => isHeld(row, store.now())).length,
    purge: async ({ answersAfterMs, deliveryRecordsAfterMs, limit }) =>
      transactions.atOnce((transaction) => ({
        answers: removeOld(
          transaction,
          'answers',
          (row) => row.createdAt,
          store.now() - answersAfterMs,
          limit,
        ),
        deliveries: removeOld(
          transaction,
          'deliveries',
          (row) => row.updatedAt,
          store.now() - deliveryRecordsAfterMs,
          limit,
        ),
      })),
    findSettledDeliveries: async (keys) => keys.map((key) => settledAs(committed, key)),
    saveDeliveryRecords: async (rows) => {
      transactions.atOnce((transaction) => {
        for (const row of rows) saveDeliveryRecord(transaction, row, store.now());
      });
    },
  };
}
