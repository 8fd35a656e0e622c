import { messageGroup } from './tables.js';
import { rowLock } from './transaction.js';

/** The lock key that stands for the unique index on waiting messages. */
export function keyLock(message: { readonly queue: string; readonly key: string }): string {
  return rowLock('messages', messageGroup(message));
}
