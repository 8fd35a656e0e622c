import type { DeadLetter } from '../../../ports/dead-letters.js';
import { outgoingNotification, TENANT } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from './capability-of.js';
import { take } from './queue-steps.js';
import { enqueue } from './store-steps.js';

/** Adds a message for each key and makes a dead letter of it, with the key as its reason; in this order. */
export async function bury<Tx>(store: StorageHarness<Tx>, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await enqueue(store, outgoingNotification(key));
    for (const message of await take(store, { limit: 1 })) await store.queue.deadLetter(message, key);
    await store.passTime(5);
  }
}

/** The letters of the tenant of these cases, newest first. */
export function lettersOf<Tx>(store: StorageHarness<Tx>): Promise<readonly DeadLetter[]> {
  return capabilityOf(store, 'deadLetters').list({ tenantId: TENANT, limit: 100 });
}
