import { err, type Result } from 'neverthrow';
import * as z from 'zod';
import { options } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import type { LostRace } from '../../ports/host-transactions.js';
import { isDeadlock, isLockTimeout } from './locks.js';
import type { Store } from './store.js';
import { beginTransaction, type OpenTransaction, type Transaction } from './transaction.js';

const memoryTx: unique symbol = Symbol.for('wrk-builds/memory-transaction');

/** A transaction of a memory store. Opaque: only the ports of that store can use it. */
export interface MemoryTx {
  readonly [memoryTx]: true;
}

export interface Transactions {
  /** `Repository.transaction`: at most 3 attempts if it deadlocks with another. */
  readonly run: <T, E>(work: (tx: MemoryTx) => Promise<Result<T, E>>) => Promise<Result<T, E>>;
  /** `HostTransactions.savepoint`. */
  readonly savepoint: <T, E>(
    tx: MemoryTx,
    work: (tx: MemoryTx) => Promise<Result<T, E>>,
    options: { readonly waitMs: number },
  ) => Promise<Result<T, E | LostRace>>;
  /** Runs one step in a transaction. If it throws, the transaction can only roll back. */
  readonly within: <T>(tx: MemoryTx, step: (transaction: Transaction) => Promise<T>) => Promise<T>;
  /** Runs `step` in its own transaction, which may wait for locks; `step` may run again after a deadlock. */
  readonly alone: <T>(step: (transaction: Transaction) => Promise<T>) => Promise<T>;
  /** Runs a step in its own transaction, which never waits, so that no intermediate state is visible. */
  readonly atOnce: <T>(step: (transaction: Transaction) => T) => T;
}

interface TxState {
  /** `null` once it has ended. */
  open: OpenTransaction | null;
  failure: { readonly error: unknown } | null;
  /** The last requested savepoint: savepoints run one after another. */
  last: Promise<unknown>;
}

const TX_WANTED = 'give the tx that repository.transaction passes on';

const txSchema = options({
  tx: z.custom<MemoryTx>().superRefine((value: unknown, context) => {
    if (typeof value === 'object' && value !== null && memoryTx in value) return;
    context.addIssue({
      code: 'custom',
      message: TX_WANTED,
      params: { wrong: 'is not a transaction of memory' },
    });
  }),
});

const MAX_ATTEMPTS = 3;

async function untilNoDeadlock<T>(go: () => Promise<T>): Promise<T> {
  for (let goes = 1; ; goes += 1) {
    try {
      return await go();
    } catch (error) {
      if (!isDeadlock(error) || goes === MAX_ATTEMPTS) throw error;
    }
  }
}

export function createTransactions(store: Store): Transactions {
  const known = new WeakMap<MemoryTx, TxState>();

  /** Registers a transaction under a new handle. */
  function hand(open: OpenTransaction): { readonly tx: MemoryTx; readonly state: TxState } {
    const tx: MemoryTx = { [memoryTx]: true };
    const state: TxState = { open, failure: null, last: Promise.resolve() };
    known.set(tx, state);
    return { tx, state };
  }

  function stateOf(tx: MemoryTx): TxState {
    const state = known.get(tx);
    if (state) return state;
    readOptions('A call with { tx }', txSchema, { tx });
    throw new Error('This transaction belongs to another store: use only ports of the same store.');
  }

  function usable({ open, failure }: TxState): OpenTransaction {
    if (!open) throw new Error('This transaction has ended: await everything inside it before it returns.');
    if (failure)
      throw new Error('This transaction has failed and can only roll back: let its error through.');
    return open;
  }

  async function runOnce<T, E>(work: (tx: MemoryTx) => Promise<Result<T, E>>): Promise<Result<T, E>> {
    const open = beginTransaction(store);
    const { tx, state } = hand(open);
    try {
      const result = await work(tx);
      if (result.isOk()) {
        // Like a database: after a failure the transaction cannot commit, even if the error was swallowed.
        if (state.failure) throw state.failure.error;
        open.commit();
      }
      return result;
    } finally {
      state.open = null;
      open.rollback();
    }
  }

  async function inSavepoint<T, E>(
    open: OpenTransaction,
    work: (tx: MemoryTx) => Promise<Result<T, E>>,
    waitMs: number,
  ): Promise<Result<T, E | LostRace>> {
    const point = open.savepoint(waitMs);
    const { tx, state } = hand({ ...open, transaction: point.transaction });
    try {
      const result = await work(tx);
      if (result.isErr()) point.goBack();
      else if (state.failure) throw state.failure.error;
      return result;
    } catch (error) {
      point.goBack();
      if (isDeadlock(error) || isLockTimeout(error)) return err('lost_race');
      throw error;
    } finally {
      state.open = null;
    }
  }

  return {
    run: (work) => untilNoDeadlock(() => runOnce(work)),
    savepoint: async (tx, work, { waitMs }) => {
      const state = stateOf(tx);
      const turn = state.last.then(() => inSavepoint(usable(state), work, waitMs));
      state.last = turn.catch(() => {});
      return turn;
    },
    within: async (tx, step) => {
      const state = stateOf(tx);
      const { transaction } = usable(state);
      try {
        return await step(transaction);
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
