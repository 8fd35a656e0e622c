import type { OutgoingMessage, QueueName } from '../core/build/messages.js';

/** A message in the hands of one worker. */
export interface ClaimedMessage {
  readonly id: string;
  readonly queue: QueueName;
  readonly tenantId: string;
  /** As stored; whoever reads it checks it. */
  readonly body: unknown;
  /** How often it was handed out, this time included. Only for telling poison: a build counts its own calls. */
  readonly deliveryCount: number;
}

/** How full a queue is. */
export interface QueueStats {
  /** Waiting, now or later, and not in anybody's hands. */
  readonly waiting: number;
  /** How long the message has been due that has been due longest, in milliseconds; `null`: none is. */
  readonly oldestDueMs: number | null;
  /** In the hands of workers. Builds give their message up once they are claimed: see `BuildViews.countHeld`. */
  readonly inFlight: number;
  readonly dead: number;
}

/**
 * Wake-up calls and notifications, as far as the two flows need them; what else a storage can do with them is a
 * capability of its own, as `DeadLetters` or `QueueListener`.
 *
 * At-least-once: a message may come twice, late or out of order, and never gets lost once the transaction that enqueued
 * it has committed. Where that cannot be promised, the storage needs a `Sweep`.
 */
export interface Queue<Tx> {
  /** The database behind it; see `Repository.database`. */
  readonly database: object;

  /**
   * Adds messages in the transaction of the change they tell of: they are there if and only if it commits.
   * A key that still waits in the same queue is not added again; the earlier of the two times counts.
   */
  readonly enqueue: (tx: Tx, messages: readonly OutgoingMessage[]) => Promise<void>;

  /**
   * Hands out at most `limit` messages that are due, and counts the delivery. Round-robin by tenant: one message of
   * each, then the second of each, and so on; the next claim of this process goes on with the tenant after the last one.
   * Of one tenant, those of the highest priority come first, and of these the ones due longest. Claims of one moment
   * share out what is due. Fewer than `limit` may come though more is due; nothing comes only when nothing is.
   *
   * Exactly one caller receives a message until it is settled or `leaseMs` have passed on the queue's clock;
   * then it is handed out again.
   */
  readonly claim: (
    queue: QueueName,
    options: { readonly limit: number; readonly leaseMs: number },
  ) => Promise<readonly ClaimedMessage[]>;

  /** Removes messages for good. One that was handed out again meanwhile stays: it is not the caller's any more. */
  readonly acknowledge: (messages: readonly ClaimedMessage[]) => Promise<void>;

  /** Makes a message visible again later. One that was handed out again meanwhile stays as it is. */
  readonly postpone: (message: ClaimedMessage, options: { readonly delayMs: number }) => Promise<void>;

  /** Takes a message out of circulation, kept with its reason. One that was handed out again meanwhile stays. */
  readonly deadLetter: (message: ClaimedMessage, reason: string) => Promise<void>;

  readonly stats: (queue: QueueName) => Promise<QueueStats>;
}
