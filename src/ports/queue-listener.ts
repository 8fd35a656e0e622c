import type { QueueName } from '../core/build/messages.js';

/** What is woken. */
export interface WakeListener {
  readonly wake: (queue: QueueName) => void;
  /** No hints arrive for now. Called once; the adapter keeps reconnecting. */
  readonly onProblem: (problem: unknown) => void;
}

/** A running listener. */
export interface QueueListening {
  /** Stops waking, and releases all resources. */
  readonly stop: () => Promise<void>;
}

/** Wakes workers for new messages. Without it they only poll, every `pollIntervalMs`. */
export interface QueueListener {
  /**
   * Wakes listeners as soon as a message is due, whichever process added it.
   *
   * Only a hint: it may come late, for nothing or not at all, and messages with a delay become due without one. Both
   * queues are woken when listening begins, and whenever a hint may have been missed.
   */
  readonly listen: (listener: WakeListener) => QueueListening;
}
