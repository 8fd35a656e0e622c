import type { QueueName } from '../core/build/messages.js';

/** A message that is not handled again unless it is redriven. */
export interface DeadLetter {
  readonly id: string;
  readonly queue: QueueName;
  readonly tenantId: string;
  readonly body: unknown;
  readonly deliveryCount: number;
  readonly reason: string;
}

/** What people do about dead letters. */
export interface DeadLetters {
  /** The newest dead letters of one tenant, at most `limit`. */
  readonly list: (options: {
    readonly tenantId: string;
    readonly limit: number;
  }) => Promise<readonly DeadLetter[]>;

  /**
   * Returns dead letters of one tenant to the workers, due at once and with a delivery count of 0: those with the given
   * ids, or the oldest, at most `limit`. One whose key already waits again is dropped. Returns how many wait again.
   * Concurrent calls share the dead letters.
   */
  readonly redrive: (options: {
    readonly tenantId: string;
    readonly limit: number;
    readonly ids?: readonly string[];
  }) => Promise<number>;
}
