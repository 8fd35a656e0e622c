import type { Result } from 'neverthrow';
import { isDeadlock } from './locks.js';
import type { Store } from './store.js';
import { beginTransaction, type OpenTransaction, type Transaction } from './transaction.js';

const memoryTx: unique symbol = Symbol('wrk-builds/memory transaction');

/** A transaction of one memory store. Opaque: only the ports that were made with it can use it. */
export interface MemoryTx {
  readonly [memoryTx]: true;
}

export interface Transactions {
  /** `Repository.transaction`: at most 3 goes when it deadlocks with another. */
  readonly run: <T, E>(work: (tx: MemoryTx) => Promise<Result<T, E>>) => Promise<Result<T, E>>;
  /** Does one thing in somebody's transaction. When that throws, the transaction can only roll back. */
  readonly within: <T>(tx: MemoryTx, step: (transaction: Transaction) => Promise<T>) => Promise<T>;
  /** A transaction of its own that may wait for locks; `step` may run again after a deadlock. */
  readonly alone: <T>(step: (transaction: Transaction) => Promise<T>) => Promise<T>;
  /** A transaction of its own that waits for nothing: nobody sees a moment between its beginning and its end. */
  readonly atOnce: <T>(step: (transaction: Transaction) => T) => T;
}

interface TxState {
  /** `null` once it is over. */
  open: OpenTransaction | null;
  failure: { readonly error: unknown } | null;
}

const MOST_GOES = 3;

async function untilNoDeadlock<T>(go: () => Promise<T>): Promise<T> {
  for (let goes = 1; ; goes += 1) {
    try {
      return await go();
    } catch (error) {
      if (!isDeadlock(error) || goes === MOST_GOES) throw error;
    }
  }
}

export function createTransactions(store: Store): Transactions {
  const known = new WeakMap<MemoryTx, TxState>();

  async function runOnce<T, E>(work: (tx: MemoryTx) => Promise<Result<T, E>>): Promise<Result<T, E>> {
    const open = beginTransaction(store);
    const tx: MemoryTx = { [memoryTx]: true };
    const state: TxState = { open, failure: null };
    known.set(tx, state);
    try {
      const result = await work(tx);
      if (result.isOk()) {
        // A database refuses to commit what has failed in part, even if the error was swallowed.
        if (state.failure) throw state.failure.error;
        open.commit();
      }
      return result;
    } finally {
      state.open = null;
      open.rollback();
    }
  }

  return {
    run: (work) => untilNoDeadlock(() => runOnce(work)),
    within: async (tx, step) => {
      const state = known.get(tx);
      if (!state)
        throw new Error('This transaction belongs to another store: use ports of one and the same store.');
      if (!state.open)
        throw new Error('This transaction is over: await everything that it does before it returns.');
      if (state.failure)
        throw new Error('This transaction has failed and can only roll back: let its error out.');
      try {
        return await step(state.open.transaction);
      } catch (error) {
        state.failure ??= { error };
        throw error;
      }
    },
    alone: (step) =>
      untilNoDeadlock(async () => {
        const open = beginTransaction(store);
        try {
          const answer = await step(open.transaction);
          open.commit();
          return answer;
        } finally {
          open.rollback();
        }
      }),
    atOnce: (step) => {
      const open = beginTransaction(store);
      try {
        const answer = step(open.transaction);
        open.commit();
        return answer;
      } finally {
        open.rollback();
      }
    },
  };
}
