import type { Runtime } from '../../src/runtime/runtime.js';

/** A runtime whose time stands still until a test moves it, and whose chance comes from a seed. */
export interface FakeRuntime extends Runtime {
  /** Moves time by `ms`. Timers run when they are due, in their order, each with all that it sets off. */
  readonly advance: (ms: number) => Promise<void>;
  /** Moves time from timer to timer until `work` has ended. */
  readonly finish: <T>(work: Promise<T>) => Promise<T>;
  /** How many timers run. */
  readonly timers: () => number;
}

interface Waiting {
  readonly dueAt: number;
  readonly run: () => void;
}

const NEW_YEAR_2026 = Date.UTC(2026, 0, 1);

export function fakeRuntime({ seed = 1 }: { readonly seed?: number } = {}): FakeRuntime {
  const waiting = new Set<Waiting>();
  const random = seededRandom(seed);
  let now = 0;
  let made = 0;

  // A turn of the real event loop comes after every microtask.
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  /** The timer that is due first; of those of one time, the one that was set first. */
  const next = () =>
    [...waiting].reduce<Waiting | null>(
      (first, each) => (first === null || each.dueAt < first.dueAt ? each : first),
      null,
    );
  const fire = async (timer: Waiting) => {
    waiting.delete(timer);
    now = timer.dueAt;
    timer.run();
    await settle();
  };

  return {
    monotonicMs: () => now,
    wallClockMs: () => NEW_YEAR_2026 + now,
    random,
    newId: () => {
      made += 1;
      return `00000000-0000-4000-8000-${made.toString(16).padStart(12, '0')}`;
    },
    setTimer: (ms, run) => {
      const timer = { dueAt: now + Math.max(0, ms), run };
      waiting.add(timer);
      return { clear: () => void waiting.delete(timer) };
    },
    yieldToEventLoop: settle,

    advance: async (ms) => {
      const end = now + ms;
      await settle();
      for (let timer = next(); timer !== null && timer.dueAt <= end; timer = next()) await fire(timer);
      now = end;
    },
    finish: async (work) => {
      let isOver = false;
      const end = () => {
        isOver = true;
      };
      work.then(end, end);
      for (await settle(); !isOver; ) {
        const timer = next();
        if (timer === null)
          throw new Error('It waits for something that is no timer, and would wait for ever.');
        await fire(timer);
      }
      return work;
    },
    timers: () => waiting.size,
  };
}

/** Mulberry32: 32 bits of state, spread evenly enough for jitter. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
