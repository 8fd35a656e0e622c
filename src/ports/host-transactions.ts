import type { Result } from 'neverthrow';

/**
 * A race that the database settled against the work in a savepoint: a deadlock, a wait for a lock that ran out, a unique
 * key that somebody else had just taken. The same work on facts read anew may succeed.
 */
export type LostRace = 'lost_race';

/** Work inside a transaction that somebody else began and will end. */
export interface HostTransactions<Tx> {
  /**
   * Runs `work` inside `tx`, so that a returned `err` or a throw undoes what it wrote and gives back the locks it took, and
   * `tx` stays usable; an `ok` keeps both for as long as `tx` lives. `work` uses the `tx` that it is given. Two at once in
   * one `tx` run one after the other.
   *
   * The race: nothing in `work` waits longer than `waitMs` milliseconds for what another transaction holds. It never runs
   * again by itself: what a race undid is an `err` of `lost_race`, and whoever called knows what to read anew.
   *
   * Throws, before `work` runs, when `tx` cannot be joined: it is over, has failed, is read-only, or sees one snapshot for
   * all its statements (READ COMMITTED is expected).
   */
  readonly savepoint: <T, E>(
    tx: Tx,
    work: (tx: Tx) => Promise<Result<T, E>>,
    options: { readonly waitMs: number },
  ) => Promise<Result<T, E | LostRace>>;
}
