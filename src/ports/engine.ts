import type { QueueName } from '../core/build/messages.js';

/** What goes into an engine: the id of a message, and when it is due. */
export interface WakeUp {
  /** The id of a message, opaque to the engine. */
  readonly id: string;
  /** Milliseconds from now; 0 for at once. */
  readonly delayMs: number;
}

/**
 * A queue that the host already runs, behind `outbox`. It may lose all of its contents, and may return a wake-up twice:
 * the messages are in the database.
 */
export interface Engine {
  /**
   * Adds wake-ups, in this order, after the existing ones. One without a delay is not added if its id already waits;
   * one with a delay comes when the delay is over, whatever else waits under its id.
   */
  readonly add: (queue: QueueName, wakeUps: readonly WakeUp[]) => Promise<void>;

  /**
   * Removes and returns at most `limit` ids, first in, first out, without waiting for any. No two callers get the same
   * one; an id that was removed may be added again.
   *
   * If a process dies here, the ids it received are lost, for some seconds or for good.
   */
  readonly receive: (queue: QueueName, limit: number) => Promise<readonly string[]>;

  /** Wakes listeners when something was added, in whichever process. Only a hint. Absent if an engine has none. */
  readonly listen?: (listener: { readonly wake: (queue: QueueName) => void }) => {
    readonly stop: () => Promise<void>;
  };

  /** Releases all resources. What belongs to the host, such as a connection that it passed, stays open. */
  readonly close: () => Promise<void>;
}
