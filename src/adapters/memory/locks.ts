/** Whoever may hold locks: one open transaction. All its locks are given up together, at its end. */
export interface LockOwner {
  readonly ended: Promise<void>;
  readonly end: () => void;
}

export interface Locks {
  readonly begin: () => LockOwner;
  readonly isFree: (key: string) => boolean;
  /** Takes what is free of these, waits for nothing, and says whether it now holds them all. */
  readonly tryAll: (owner: LockOwner, keys: readonly string[]) => boolean;
  /** Waits for the end of the transaction that holds it. Throws where two transactions would wait for each other. */
  readonly acquire: (owner: LockOwner, key: string) => Promise<void>;
  /** Waits, at most `waitMs` of real time, until none of the keys is held; they are asked for again after each wait. */
  readonly waitUntilFree: (keys: () => readonly string[], waitMs: number) => Promise<void>;
}

const DEADLOCK = 'DeadlockDetected';

/** Whether the error says that two transactions waited for each other: running the work again may succeed. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && error.name === DEADLOCK;
}

function deadlock(): Error {
  const error = new Error('Two transactions wait for each other. Run this one again.');
  error.name = DEADLOCK;
  return error;
}

/** Row locks and unique-index waits, by key. One owner may ask for the same key twice. */
export function createLocks(): Locks {
  const holders = new Map<string, LockOwner>();
  const open = new Map<LockOwner, { readonly held: Set<string>; readonly waitsFor: Set<LockOwner> }>();

  function begin(): LockOwner {
    let announceEnd = () => {};
    const ended = new Promise<void>((resolve) => {
      announceEnd = resolve;
    });
    const owner: LockOwner = {
      ended,
      end: () => {
        for (const key of open.get(owner)?.held ?? []) holders.delete(key);
        open.delete(owner);
        announceEnd();
      },
    };
    open.set(owner, { held: new Set(), waitsFor: new Set() });
    return owner;
  }

  function stateOf(owner: LockOwner) {
    const state = open.get(owner);
    if (!state) throw new Error('This transaction is over: await everything that it does before it returns.');
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
    acquire: async (owner, key) => {
      while (!take(owner, key)) {
        const holder = holders.get(key);
        if (!holder) continue;
        if (waitsForever(holder, owner)) throw deadlock();
        const { waitsFor } = stateOf(owner);
        waitsFor.add(holder);
        await holder.ended;
        waitsFor.delete(holder);
      }
    },
    waitUntilFree: async (keys, waitMs) => {
      const nextHolder = () =>
        keys()
          .map((key) => holders.get(key))
          .find((holder) => holder !== undefined);
      let holder = nextHolder();
      if (!holder) return;
      let timeIsUp = false;
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          timeIsUp = true;
          resolve();
        }, waitMs);
      });
      while (holder && !timeIsUp) {
        await Promise.race([holder.ended, timeout]);
        holder = nextHolder();
      }
      clearTimeout(timer);
    },
  };
}
