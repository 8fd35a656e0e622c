import type { QueueName } from '../core/build/messages.js';

/** Who is woken. */
export interface WakeListener {
  readonly wake: (queue: QueueName) => void;
  /** There will be no hints for now; told once, while the adapter goes on trying by itself. */
  readonly onProblem: (problem: unknown) => void;
}

/** Somebody who is woken until stopped. */
export interface QueueListening {
  /** Wakes no more, and gives back whatever it needed. */
  readonly stop: () => Promise<void>;
}

/** Tells workers of new messages. Without it they look for themselves, every `pollIntervalMs`. */
export interface QueueListener {
  /**
   * Wakes whoever waits as soon as a message is due, whichever process added it.
   *
   * A hint, and never the truth: it may come late, for nothing or not at all, and messages with a delay become due
   * without one. Both queues are woken when listening begins, and again whenever something may have been missed.
   */
  readonly listen: (listener: WakeListener) => QueueListening;
}
