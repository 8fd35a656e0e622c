import type { Runtime } from './runtime.js';

/** Milliseconds that long work takes of a turn of the event loop. */
const TURN_MS = 4;

/** Runs work that pauses by itself, and resolves with what it returns. */
export type RunInSlices = <T>(work: Generator<void, T>) => Promise<T>;

/**
 * Runs long work a few milliseconds in each turn of the event loop, so that everyone else's turns come in between. However
 * much of it is under way, it takes one share of each turn, and a short work does not wait for the end of long ones. What
 * ends without a pause has no wait at all.
 */
export function createSlices({
  monotonicMs,
  yieldToEventLoop,
}: Pick<Runtime, 'monotonicMs' | 'yieldToEventLoop'>): RunInSlices {
  const waiting: (() => boolean)[] = [];
  let running = false;

  const runAll = async () => {
    running = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await yieldToEventLoop();
      if (!next()) waiting.push(next);
    }
    running = false;
  };

  return async <T>(work: Generator<void, T>) => {
    const begun = work.next();
    if (begun.done) return begun.value;
    return new Promise<T>((resolve, reject) => {
      waiting.push(() => {
        try {
          const until = monotonicMs() + TURN_MS;
          do {
            const { done, value } = work.next();
            if (done) {
              resolve(value);
              return true;
            }
          } while (monotonicMs() < until);
          return false;
        } catch (problem) {
          reject(problem);
          return true;
        }
      });
      if (!running) void runAll();
    });
  };
}
