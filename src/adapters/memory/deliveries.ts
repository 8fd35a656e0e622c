import type { DeliveryRecord, SettledDelivery } from '../../ports/repository.js';
import { compositeKey } from './rows.js';
import type { View } from './store.js';
import type { Transaction } from './transaction.js';

/** The status of the delivery, if it needs no further automatic attempt. */
export function settledAs(
  view: View,
  { tenantId, key }: { readonly tenantId: string; readonly key: string },
): SettledDelivery | null {
  const status = view.get('deliveries', compositeKey(tenantId, key))?.row.status;
  return status === undefined || status === 'failed' ? null : status;
}

/** Records one more attempt. A delivered notification stays delivered, whatever a late attempt reports. */
export function saveDeliveryRecord(transaction: Transaction, row: DeliveryRecord, now: number): void {
  const id = compositeKey(row.tenantId, row.key);
  const before = transaction.get('deliveries', id)?.row;
  if (before?.status === 'delivered') return;
  transaction.put('deliveries', id, { ...row, attempts: (before?.attempts ?? 0) + 1, updatedAt: now });
}
