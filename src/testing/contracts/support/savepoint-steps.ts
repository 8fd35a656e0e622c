import { ok, type Result } from 'neverthrow';
import { outgoingNotification } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { LONG_MS } from './store-steps.js';

/** For a savepoint that waits for locks longer than anybody here holds them. */
export const PATIENT = { waitMs: LONG_MS };

/** Messages that show what was kept, by when they were written. */
export const before = outgoingNotification('before');
export const within = outgoingNotification('within');
export const after = outgoingNotification('after');

/** The keys of the messages that everybody sees, in order. */
export async function keys<Tx>(store: StorageHarness<Tx>): Promise<unknown[]> {
  return (await store.libraryRows()).messages.map(({ key }) => key).toSorted();
}

/** Work that does nothing but write messages. */
export async function add<Tx>(
  store: StorageHarness<Tx>,
  tx: Tx,
  ...messages: Parameters<StorageHarness<Tx>['queue']['enqueue']>[1]
): Promise<Result<void, never>> {
  await store.queue.enqueue(tx, messages);
  return ok(undefined);
}
