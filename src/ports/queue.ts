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

/** A message that nobody will handle again unless it is redriven. */
export interface DeadLetter {
  readonly id: string;
  readonly queue: QueueName;
  readonly tenantId: string;
  readonly body: unknown;
  readonly deliveryCount: number;
  readonly reason: string;
}

/** How full a queue is. */
export interface QueueStats {
  /** Waiting, now or later, and not in anybody's hands. */
  readonly waiting: number;
  /** How long the message has been due that has been due longest, in milliseconds; `null`: none is. */
  readonly oldestDueMs: number | null;
  /** In the hands of workers. Builds give their message up once they are claimed: see `Repository.countHeld`. */
  readonly inFlight: number;
  readonly dead: number;
}

/**
 * Wake-up calls and notifications. At-least-once: a message may come twice, late or out of order, and never gets lost
 * once the transaction that enqueued it has committed.
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

  /** The newest dead letters of one tenant, at most `limit`. */
  readonly deadLetters: (options: {
    readonly tenantId: string;
    readonly limit: number;
  }) => Promise<readonly DeadLetter[]>;

  /**
   * Gives dead letters of one tenant back to the workers, due at once, their deliveries counted from 0: those that are
   * named, or the oldest, at most `limit`. One whose key waits again already is done with, and dropped.
   * Returns how many wait again. Two that do it at once share out the letters.
   */
  readonly redrive: (options: {
    readonly tenantId: string;
    readonly limit: number;
    readonly ids?: readonly string[];
  }) => Promise<number>;

  /** Removes dead letters that died more than `deadForMs` milliseconds ago, at most `limit`; returns how many. */
  readonly purge: (options: { readonly deadForMs: number; readonly limit: number }) => Promise<number>;

  readonly stats: (queue: QueueName) => Promise<QueueStats>;

  /**
   * Wakes whoever waits as soon as a message is due, whichever process added it. Absent where an adapter cannot.
   *
   * A hint, and never the truth: it may come late, for nothing or not at all, and messages with a delay become due
   * without one. Both queues are woken when listening begins, and again whenever something may have been missed.
   */
  readonly listen?: (listener: QueueListener) => QueueListening;
}

/** Who is woken. */
export interface QueueListener {
  readonly wake: (queue: QueueName) => void;
  /** There will be no hints for now; told once, while the adapter goes on trying by itself. */
  readonly onProblem: (problem: unknown) => void;
}

/** Somebody who is woken until stopped. */
export interface QueueListening {
  /** Wakes no more, and gives back whatever it needed. */
  readonly stop: () => Promise<void>;
}
