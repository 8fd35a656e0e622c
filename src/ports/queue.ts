import type { OutgoingMessage, QueueName } from '../core/build/messages.js';
import type { ClaimLimits } from './claim-limits.js';

/** A message that one worker has claimed. */
export interface ClaimedMessage {
  readonly id: string;
  readonly queue: QueueName;
  readonly tenantId: string;
  /** As stored; validate it before use. */
  readonly body: unknown;
  /**
   * How often it was handed out, this time included. Only for detecting poison messages: calls are counted in the
   * ledger.
   */
  readonly deliveryCount: number;
}

/** The size of a queue. */
export interface QueueStats {
  /** Waiting, due now or later, and not claimed. */
  readonly waiting: number;
  /** How long the oldest due message has been due, in milliseconds; `null` if none is due. */
  readonly oldestDueMs: number | null;
  /** Claimed by workers. Claimed builds have no message any more: see `BuildViews.countHeld`. */
  readonly inFlight: number;
  readonly dead: number;
  /** Alive, and put off because of a problem the last time that they were handed out. */
  readonly failing: number;
  /** The problem of one that is failing; `null` if none is. */
  readonly problem: string | null;
  /** The reason of the newest dead letter; `null` if there is none. */
  readonly deadReason: string | null;
}

/**
 * Messages about due builds and notifications, as far as the two flows need them; everything else is a capability, such
 * as `DeadLetters` or `QueueListener`.
 *
 * At least once: a message may arrive twice, late or out of order, but is never lost once the transaction that enqueued
 * it has committed. A storage that cannot guarantee that needs a `Sweep`.
 */
export interface Queue<Tx> {
  /** The database behind it; see `Repository.database`. */
  readonly database: object;

  /**
   * Adds messages in the transaction of the change that they report: they exist if and only if it commits. If a message
   * with the same key already waits in the queue, none is added; the earlier of the two times applies.
   */
  readonly enqueue: (tx: Tx, messages: readonly OutgoingMessage[]) => Promise<void>;

  /**
   * Hands out at most `limit` due messages, and counts the delivery. Round-robin by tenant: one message of each, then
   * the second of each, and so on; the next claim of this process continues after the last tenant. Within a tenant, the
   * highest priority comes first, then the message that has been due longest. Concurrent claims share the due messages.
   * Fewer than `limit` may be returned although more are due; none only if none is due.
   *
   * Exactly one caller holds a message, until it is settled or `leaseMs` have passed on the queue's clock; then it is
   * handed out again.
   *
   * `limits` are those of the builds that the messages are about. A queue that knows them leaves what may not be claimed, by
   * a limit or an open circuit breaker, for later; a queue elsewhere may ignore them, since the claim of the build decides.
   */
  readonly claim: (
    queue: QueueName,
    options: { readonly limit: number; readonly leaseMs: number; readonly limits?: ClaimLimits },
  ) => Promise<readonly ClaimedMessage[]>;

  /** Removes messages. One that has since been handed out again stays, since the caller no longer holds it. */
  readonly acknowledge: (messages: readonly ClaimedMessage[]) => Promise<void>;

  /**
   * Makes a message due again later. `problem` is why, for people; without one, or with `null`, nothing is wrong with it. One
   * that has since been handed out again is not changed.
   */
  readonly postpone: (
    message: ClaimedMessage,
    options: { readonly delayMs: number; readonly problem?: string | null },
  ) => Promise<void>;

  /** Turns a message into a dead letter, with its reason. One that has since been handed out again is not changed. */
  readonly deadLetter: (message: ClaimedMessage, reason: string) => Promise<void>;

  readonly stats: (queue: QueueName) => Promise<QueueStats>;
}
