import { expect } from 'vitest';
import { NOTIFICATIONS, type QueueName } from '../../../core/build/messages.js';
import type { WakeUp } from '../../../ports/engine.js';
import type { Outbox } from '../../../ports/outbox.js';
import type { ClaimedMessage } from '../../../ports/queue.js';
import type { StorageHarness } from '../../storage-harness.js';
import { keyOf } from './queue-steps.js';
import { LONG_MS } from './store-steps.js';

/** The outbox of a store. */
export function outboxOf<Tx>({ outbox }: StorageHarness<Tx>): Outbox {
  if (!outbox) throw new Error('this store has no outbox: leave the contract out');
  return outbox;
}

interface HandOverOptions {
  readonly queue?: QueueName;
  /** 10 by default. */
  readonly window?: number;
  /** Longer than any test by default. */
  readonly againAfterMs?: number;
}

/** Hands messages over. */
export function handOver<Tx>(
  store: StorageHarness<Tx>,
  { queue = NOTIFICATIONS, window = 10, againAfterMs = LONG_MS }: HandOverOptions = {},
): Promise<readonly WakeUp[]> {
  return outboxOf(store).handOver(queue, { window, againAfterMs });
}

/** Takes what was handed over. */
export async function claimHandedOver<Tx>(
  store: StorageHarness<Tx>,
  wakeUps: readonly Pick<WakeUp, 'id'>[],
  { queue = NOTIFICATIONS, leaseMs = LONG_MS }: { queue?: QueueName; leaseMs?: number } = {},
): Promise<readonly ClaimedMessage[]> {
  const ids = wakeUps.map(({ id }) => id);
  const { messages, busy } = await outboxOf(store).claimByIds(queue, ids, { leaseMs });
  expect(busy, 'nobody has locked any of them').toEqual([]);
  return messages;
}

/** Hands over, takes it all and gives the keys that `outgoingNotification` made the messages with. */
export async function handedKeys<Tx>(
  store: StorageHarness<Tx>,
  options: HandOverOptions = {},
): Promise<readonly string[]> {
  return (await claimHandedOver(store, await handOver(store, options))).map(keyOf);
}
