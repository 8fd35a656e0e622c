import type { QueueName } from '../core/build/messages.js';

/** A message that nobody will handle again unless it is redriven. */
export interface DeadLetter {
  readonly id: string;
  readonly queue: QueueName;
  readonly tenantId: string;
  readonly body: unknown;
  readonly deliveryCount: number;
  readonly reason: string;
}

/** What people do about the messages that `Queue.deadLetter` took out of circulation. */
export interface DeadLetters {
  /** The newest dead letters of one tenant, at most `limit`. */
  readonly list: (options: {
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
}
