import { NOTIFICATIONS, type QueueName, readNotification } from '../../../core/build/messages.js';
import type { ClaimedMessage } from '../../../ports/queue.js';
import type { QueueHarness } from '../../storage-harness.js';
import { LONG_MS, present } from './store-steps.js';

interface ClaimOptions {
  /** `notifications` by default. */
  readonly queue?: QueueName;
  /** 10 by default. */
  readonly limit?: number;
  /** Longer than any test by default. */
  readonly leaseMs?: number;
}

/** Claims messages. */
export function take<Tx>(
  store: QueueHarness<Tx>,
  { queue = NOTIFICATIONS, limit = 10, leaseMs = LONG_MS }: ClaimOptions = {},
): Promise<readonly ClaimedMessage[]> {
  return store.queue.claim(queue, { limit, leaseMs });
}

/** Claims the one message that must be there. */
export async function claimOne<Tx>(
  store: QueueHarness<Tx>,
  options: ClaimOptions = {},
): Promise<ClaimedMessage> {
  const [message] = await take(store, { ...options, limit: 1 });
  return present(message);
}

/** Claims messages and gives the keys that `outgoingNotification` made them with. */
export async function claimKeys<Tx>(
  store: QueueHarness<Tx>,
  options: ClaimOptions = {},
): Promise<readonly string[]> {
  return (await take(store, options)).map(keyOf);
}

/** The key that `outgoingNotification` made the message with. */
export function keyOf(message: ClaimedMessage): string {
  return readNotification(message.body)._unsafeUnwrap().requestId;
}
