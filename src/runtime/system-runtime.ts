import type { Runtime } from './runtime.js';

/**
 * Time and chance of the process. No other file of the library names them, so that whoever passes another runtime owns
 * them all.
 */
export const systemRuntime: Runtime = {
  monotonicMs: () => performance.now(),
  wallClockMs: () => Date.now(),
  random: () => Math.random(),
  newId: () => crypto.randomUUID(),
  setTimer: (ms, run, { unref = false } = {}) => {
    const timer = setTimeout(run, ms);
    if (unref) timer.unref();
    return { clear: () => clearTimeout(timer) };
  },
  yieldToEventLoop: () => new Promise((resolve) => setImmediate(resolve)),
};
