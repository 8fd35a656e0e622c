import { messageGroup } from './tables.js';
import { rowLock } from './transaction.js';

/** Stands for the unique index on the key of waiting messages. */
export function keyLock(message: { readonly queue: string; readonly key: string }): string {
  return rowLock('messages', messageGroup(message));
}
