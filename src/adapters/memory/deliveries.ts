import type { DeliveryRow } from '../../ports/repository.js';
import { compositeKey } from './rows.js';
import type { View } from './store.js';
import type { Transaction } from './transaction.js';

/** Whether the delivery needs no further attempt. */
export function isSettled(
  view: View,
  { tenantId, key }: { readonly tenantId: string; readonly key: string },
): boolean {
  const status = view.get('deliveries', compositeKey(tenantId, key))?.row.status;
  return status === 'delivered' || status === 'given_up';
}

/** Records one more attempt; what was delivered stays so, whatever a late attempt says. */
export function saveDelivery(transaction: Transaction, row: DeliveryRow, now: number): void {
  const id = compositeKey(row.tenantId, row.key);
  const before = transaction.get('deliveries', id)?.row;
  if (before?.status === 'delivered') return;
  transaction.put('deliveries', id, { ...row, attempts: (before?.attempts ?? 0) + 1, updatedAt: now });
}
