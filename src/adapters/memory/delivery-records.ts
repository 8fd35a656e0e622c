import type { DeliveryRecord, DeliveryRecords, FinishedDelivery } from '../../ports/delivery-records.js';
import { compositeKey } from './rows.js';
import type { Store, View } from './store.js';
import type { Transaction } from './transaction.js';
import type { Transactions } from './transactions.js';

export function createDeliveryRecords(store: Store, transactions: Transactions): DeliveryRecords {
  return {
    findFinished: async (keys) => keys.map((key) => finishedAs(store.committed, key)),
    save: async (records) => {
      transactions.atOnce((transaction) => {
        for (const record of records) saveDeliveryRecord(transaction, record, store.now());
      });
    },
  };
}

/** The state of the delivery, if it is not retried automatically. */
function finishedAs(
  view: View,
  { tenantId, key }: { readonly tenantId: string; readonly key: string },
): FinishedDelivery | null {
  const status = view.get('deliveries', compositeKey(tenantId, key))?.row.status;
  return status === undefined || status === 'failed' ? null : status;
}

/** Records one more attempt; what was delivered stays so, whatever a late attempt says. */
function saveDeliveryRecord(transaction: Transaction, row: DeliveryRecord, now: number): void {
  const id = compositeKey(row.tenantId, row.key);
  const before = transaction.get('deliveries', id)?.row;
  if (before?.status === 'delivered') return;
  transaction.put('deliveries', id, { ...row, attempts: (before?.attempts ?? 0) + 1, updatedAt: now });
}
