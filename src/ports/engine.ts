import type { QueueName } from '../core/build/messages.js';

/** What goes into an engine: the name of a message, and when it is worth looking at. */
export interface WakeUp {
  /** Of a message. Text that an engine need not understand. */
  readonly id: string;
  /** In milliseconds from now; 0: at once. */
  readonly delayMs: number;
}

/**
 * A queue that the host runs already, behind `outbox`. It may lose everything that is in it, and may bring a wake-up
 * twice: what a wake-up stands for is in the database.
 */
export interface Engine {
  /**
   * Adds wake-ups, in this order behind those that are there. One without a delay that waits already is not added
   * again; one with a delay comes when that is over, whatever else waits under its id.
   */
  readonly add: (queue: QueueName, wakeUps: readonly WakeUp[]) => Promise<void>;

  /**
   * Takes at most `limit` ids out, those that were added first or became due first at the front, without waiting for
   * any. What one caller gets no other gets; what was taken may be added again.
   *
   * A process that dies here takes what it had in hand along, for some seconds or for good.
   */
  readonly receive: (queue: QueueName, limit: number) => Promise<readonly string[]>;

  /** Wakes whoever waits when something was added, whichever process did. A hint only. Absent where an engine has none. */
  readonly listen?: (listener: { readonly wake: (queue: QueueName) => void }) => {
    readonly stop: () => Promise<void>;
  };

  /** Gives back whatever it needed. What belongs to the host, as a connection that it brought, stays open. */
  readonly close: () => Promise<void>;
}
