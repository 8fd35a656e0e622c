import type { Result } from 'neverthrow';

/**
 * A race that the work in a savepoint lost: a deadlock, a lock timeout, a unique key that another transaction has just
 * inserted. The same work may succeed on fresh facts.
 */
export type LostRace = 'lost_race';

/** Work inside a transaction that the host begins and ends. */
export interface HostTransactions<Tx> {
  /**
   * Runs `work` inside `tx`: a returned `err` or a throw undoes its writes and releases its locks, and `tx` stays
   * usable; an `ok` keeps both until `tx` ends. `work` uses the `tx` that it receives. Concurrent calls with one `tx`
   * run one after the other.
   *
   * The race: nothing in `work` waits longer than `waitMs` milliseconds for another transaction's locks. `work` is
   * never repeated: after a lost race the result is an `err` of `lost_race`, and the caller reads the facts again.
   *
   * Throws before `work` runs if `tx` cannot be joined: it has ended, has failed, is read-only, or is not READ
   * COMMITTED.
   */
  readonly savepoint: <T, E>(
    tx: Tx,
    work: (tx: Tx) => Promise<Result<T, E>>,
    options: { readonly waitMs: number },
  ) => Promise<Result<T, E | LostRace>>;
}
