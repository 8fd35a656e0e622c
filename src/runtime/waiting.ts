import type { Runtime, Timer, Timers } from './runtime.js';

/** Starts work. What it throws before its first `await` is a rejection like any other. */
export async function asPromise<T>(work: () => T | Promise<T>): Promise<T> {
  return work();
}

/** Resolves after `ms`. Rejects with the signal's reason when that aborts first, and leaves no timer behind. */
export function sleep({ setTimer }: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const end = () => {
      timer.clear();
      reject(signal?.reason);
    };
    const timer = setTimer(ms, () => {
      signal?.removeEventListener('abort', end);
      resolve();
    });
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** The first and the longest pause of {@link tryFor}, before chance adds up to as much again. */
const PAUSE_MS = { first: 5, longest: 50 };

/** Tries until an attempt returns true, or `ms` have passed since the first; there is always a last attempt at the end. */
export async function tryFor(
  runtime: Pick<Runtime, 'monotonicMs' | 'random' | 'setTimer'>,
  ms: number,
  attempt: () => Promise<boolean>,
): Promise<void> {
  const endsAt = runtime.monotonicMs() + ms;
  for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS.longest)) {
    const isLast = runtime.monotonicMs() >= endsAt;
    if ((await attempt()) || isLast) return;
    const leftMs = Math.max(0, endsAt - runtime.monotonicMs());
    await sleep(runtime, Math.min(leftMs, pauseMs * (1 + runtime.random())));
  }
}

/** Fails with `problem()` when `work` has not ended within `ms`. Nothing stops the work: what it holds is the caller's to release. */
export async function within<T>(
  { setTimer }: Timers,
  ms: number,
  work: Promise<T>,
  problem: () => Error,
): Promise<T> {
  let timer: Timer | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimer(ms, () => reject(problem()));
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    timer?.clear();
  }
}

/**
 * Calls a function that may never settle. After `ms` it counts as failed, with a `TimeoutError`, and its signal aborts;
 * whatever it does after that is not heard.
 */
export function callWithin<T>(
  timers: Timers,
  ms: number,
  call: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  return within(
    timers,
    ms,
    asPromise(() => call(controller.signal)),
    () => {
      const late = Object.assign(new Error(`no answer within ${ms} ms`), { name: 'TimeoutError' });
      controller.abort(late);
      return late;
    },
  );
}

/** Runs something every `ms`, the first time after `ms`, until it is cleared. A run does not wait for the one before. */
export function repeat({ setTimer }: Timers, ms: number, run: () => void): Timer {
  const again = () => {
    timer = setTimer(ms, again);
    run();
  };
  let timer = setTimer(ms, again);
  return { clear: () => timer.clear() };
}
