import type { QueueName } from '../core/build/messages.js';
import type { WakeUp } from './engine.js';
import type { ClaimedMessage } from './queue.js';

/**
 * The queue of a database as the outbox of an engine: the rows stay the truth of every message until it is settled, and
 * the engine gets no more than their names.
 *
 * Every other function of the `Queue` works on the same rows: what is claimed there, postponed or moved to an earlier time
 * is no longer handed over.
 */
export interface Outbox {
  /**
   * Picks messages that nobody has handed over, and marks them as handed over: those that are due, round-robin by tenant as
   * `Queue.claim` takes them, and then of the next `window` that become due those that are left, with what is left of
   * their delay. The next call of this process goes on with the tenant after the last one.
   *
   * One that was handed over and not taken within `againAfterMs` of its time was lost on the way, and is picked again.
   *
   * The race: calls of one moment share out what is due. Each of them allows for what is handed over already, so
   * that no more than `window` due messages of a queue are; calls of one moment may pass that, each by `window`.
   */
  readonly handOver: (
    queue: QueueName,
    options: { readonly window: number; readonly againAfterMs: number },
  ) => Promise<readonly WakeUp[]>;

  /**
   * `Queue.claim` of the messages that are named, in this order: those that are due and that nobody holds. Ids that name
   * none bring none, as often as they come. One whose time has not come yet is no longer handed over.
   *
   * The race: of several that name one message, one receives it. Nobody is waited for: what somebody has locked this very
   * moment is `busy`.
   */
  readonly claimByIds: (
    queue: QueueName,
    ids: readonly string[],
    options: { readonly leaseMs: number },
  ) => Promise<ClaimedByIds>;
}

/** What the names brought. */
export interface ClaimedByIds {
  readonly messages: readonly ClaimedMessage[];
  /**
   * Ids of messages that may be claimable in a moment: another transaction has locked them, perhaps only to find them
   * handed over.
   */
  readonly busy: readonly string[];
}
