import type { ClaimedMessage } from '../../ports/queue.js';
import { keyLock } from './message-key.js';
import { dueSince } from './round-robin.js';
import type { MessageRow } from './rows.js';
import type { Store } from './store.js';
import type { Stored } from './tables.js';
import type { Transaction } from './transaction.js';

/** Whether a message may be claimed now. A locked message, which is being moved to an earlier time, may not. */
export function isFree(store: Store, row: MessageRow): boolean {
  if (row.deadReason !== null || dueSince(row) > store.now()) return false;
  return row.leaseUntil !== null || store.locks.isFree(keyLock(row));
}

/** Leases a message to the caller and counts the delivery. */
export function handOut(
  transaction: Transaction,
  { id, row }: Stored<MessageRow>,
  leaseUntil: number,
): ClaimedMessage {
  const deliveryCount = row.deliveryCount + 1;
  transaction.put('messages', id, { ...row, deliveryCount, leaseUntil, handedUntil: null });
  return { id, queue: row.queue, tenantId: row.tenantId, body: structuredClone(row.body), deliveryCount };
}
