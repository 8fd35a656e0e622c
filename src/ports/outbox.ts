import type { QueueName } from '../core/build/messages.js';
import type { ClaimLimits } from './claim-limits.js';
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
   * One that was handed over and not taken within `againAfterMs` of its time was lost on the way, and is picked again; one
   * that was handed over twice for nothing is `lost`.
   *
   * With `limits`, only as many of each tenant are due in the engine as a claim of their builds would take now, the circuit
   * breakers included: what a tenant may not have built yet stays, and holds up nobody else.
   *
   * The race: calls of one moment share out what is due. Each of them allows for what is handed over already, so
   * that no more than `window` due messages of a queue are; calls of one moment may pass that, each by `window`.
   */
  readonly handOver: (
    queue: QueueName,
    options: { readonly window: number; readonly againAfterMs: number; readonly limits?: ClaimLimits },
  ) => Promise<HandedOver>;

  /**
   * `Queue.claim` of the messages that are named, in this order: those that are due and that nobody holds. Ids that name
   * none bring none, as often as they come. One whose time has not come yet, or whose build is beyond the `limits`, is no
   * longer handed over.
   *
   * The race: of several that name one message, one receives it. Nobody is waited for: what somebody has locked this very
   * moment is `busy`.
   */
  readonly claimByIds: (
    queue: QueueName,
    ids: readonly string[],
    options: { readonly leaseMs: number; readonly limits?: ClaimLimits },
  ) => Promise<ClaimedByIds>;
}

/** What is to be given to the engine, and what it has lost. */
export interface HandedOver {
  /** Marked as handed over. */
  readonly wakeUps: readonly WakeUp[];
  /**
   * Ids of due messages that the engine was given twice and did not bring: for `claimByIds`. They are not marked, and
   * come again until they are claimed.
   */
  readonly lost: readonly string[];
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
