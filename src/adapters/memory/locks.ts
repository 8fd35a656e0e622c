import type { Timers } from '../../runtime/runtime.js';

/** Whoever may hold locks: one open transaction. What it holds at its end is given up together. */
export interface LockOwner {
  /** Calls back once, the next time it releases locks. */
  readonly onceFreed: (callback: () => void) => void;
  /** The locks it holds now. */
  readonly held: () => ReadonlySet<string>;
  /** Releases all other locks, as a rollback to a savepoint does. */
  readonly keepOnly: (keys: ReadonlySet<string>) => void;
  readonly end: () => void;
}

export interface Locks {
  readonly begin: () => LockOwner;
  readonly isFree: (key: string) => boolean;
  /** Acquires the free ones without waiting, and returns whether it now holds all of them. */
  readonly tryAll: (owner: LockOwner, keys: readonly string[]) => boolean;
  /**
   * Waits until the lock is released, at most `waitMs` of real time; `null` means no limit. Throws on timeout and on
   * deadlock.
   */
  readonly acquire: (owner: LockOwner, key: string, waitMs: number | null) => Promise<void>;
  /**
   * Waits, at most `waitMs` of real time, until none of the keys is locked; they are checked again after each wait. Locks of
   * `owner` itself count as free.
   */
  readonly waitUntilFree: (
    keys: () => readonly string[],
    waitMs: number,
    owner: LockOwner | null,
  ) => Promise<void>;
}

const DEADLOCK = 'DeadlockDetected';

/** Whether the error is a deadlock, after which running the work again may succeed. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && error.name === DEADLOCK;
}

function deadlock(): Error {
  const error = new Error('Deadlock: two transactions wait for each other. Run this one again.');
  error.name = DEADLOCK;
  return error;
}

const TIME_IS_UP = 'LockTimeout';

/** Whether the error is a lock timeout. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === TIME_IS_UP;
}

function lockTimeout(): Error {
  const error = new Error('Another transaction held a lock for too long. Try again in a moment.');
  error.name = TIME_IS_UP;
  return error;
}

/** Row locks and unique-index waits, by key. One owner may ask for the same key twice. */
export function createLocks(timers: Timers): Locks {
  const holders = new Map<string, LockOwner>();
  const open = new Map<LockOwner, { readonly held: Set<string>; readonly waitsFor: Set<LockOwner> }>();

  function begin(): LockOwner {
    let callbacks: (() => void)[] = [];
    const giveUp = (keys: readonly string[]) => {
      for (const key of keys) holders.delete(key);
      const told = callbacks;
      callbacks = [];
      for (const tell of told) tell();
    };
    const owner: LockOwner = {
      onceFreed: (callback) => {
        callbacks.push(callback);
      },
      held: () => new Set(open.get(owner)?.held),
      keepOnly: (kept) => {
        const held = open.get(owner)?.held ?? new Set();
        const rest = [...held].filter((key) => !kept.has(key));
        for (const key of rest) held.delete(key);
        giveUp(rest);
      },
      end: () => {
        const held = [...(open.get(owner)?.held ?? [])];
        open.delete(owner);
        giveUp(held);
      },
    };
    open.set(owner, { held: new Set(), waitsFor: new Set() });
    return owner;
  }

  function stateOf(owner: LockOwner) {
    const state = open.get(owner);
    if (!state) throw new Error('This transaction has ended: await everything inside it before it returns.');
    return state;
  }

  function take(owner: LockOwner, key: string): boolean {
    const { held } = stateOf(owner);
    if ((holders.get(key) ?? owner) !== owner) return false;
    holders.set(key, owner);
    held.add(key);
    return true;
  }

  function waitsForever(holder: LockOwner, owner: LockOwner): boolean {
    const next = open.get(holder)?.waitsFor ?? new Set();
    return next.has(owner) || [...next].some((other) => waitsForever(other, owner));
  }

  return {
    begin,
    isFree: (key) => !holders.has(key),
    tryAll: (owner, keys) => keys.filter((key) => !take(owner, key)).length === 0,
    acquire: async (owner, key, waitMs) => {
      const limit = timeLimit(timers, waitMs);
      try {
        while (!take(owner, key)) {
          const holder = holders.get(key);
          if (!holder) continue;
          if (waitsForever(holder, owner)) throw deadlock();
          if (limit.isUp()) throw lockTimeout();
          const { waitsFor } = stateOf(owner);
          waitsFor.add(holder);
          await freedOrUp(holder, limit);
          waitsFor.delete(holder);
        }
      } finally {
        limit.stop();
      }
    },
    waitUntilFree: async (keys, waitMs, owner) => {
      const nextHolder = () =>
        keys()
          .map((key) => holders.get(key))
          .find((holder) => holder !== undefined && holder !== owner);
      const limit = timeLimit(timers, waitMs);
      let holder = nextHolder();
      while (holder && !limit.isUp()) {
        await freedOrUp(holder, limit);
        holder = nextHolder();
      }
      limit.stop();
    },
  };
}

interface TimeLimit {
  readonly isUp: () => boolean;
  readonly onceUp: (callback: () => void) => void;
  readonly stop: () => void;
}

/** Counts from now; `null`: never up. */
function timeLimit({ setTimer }: Timers, waitMs: number | null): TimeLimit {
  let isUp = false;
  let tell = () => {};
  const end = () => {
    isUp = true;
    tell();
  };
  const timer = waitMs === null ? undefined : setTimer(waitMs, end);
  return {
    isUp: () => isUp,
    onceUp: (callback) => {
      tell = callback;
    },
    stop: () => timer?.clear(),
  };
}

/** Resolves immediately: the victim of a deadlock runs again at once, and would otherwise meet the same waits again. */
function freedOrUp(holder: LockOwner, limit: TimeLimit): Promise<void> {
  return new Promise((resolve) => {
    holder.onceFreed(resolve);
    limit.onceUp(resolve);
  });
}
