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
   * Adds wake-ups, in this order, after the existing ones. One with a delay comes when the delay is over. Each is added,
   * whatever else waits under its id: a message is handed over twice at most before it is claimed without the engine.
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

  /**
   * Whether somebody has paused the queue, in which case it brings nothing on purpose. Asked only before messages are
   * claimed past an engine that seems to have lost them. Absent if an engine has no pause.
   */
  readonly isPaused?: (queue: QueueName) => Promise<boolean>;

  /** What is wrong with how the engine is set up, as a sentence, or `null`. Asked when workers start. Absent if it cannot tell. */
  readonly findMistake?: () => Promise<string | null>;

  /** Releases all resources. What belongs to the host, such as a connection that it passed, stays open. */
  readonly close: () => Promise<void>;
}
