import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import timers from 'node:timers';
import type { Runtime } from './runtime.js';

// Held from the moment the library is loaded. What others put in their place later, such as the fake timers of a test or a
// `randomUUID` that always says the same, would stop the work of the library or give two builds one id.
const { clearTimeout, setImmediate, setTimeout } = timers;
const monotonicMs = performance.now.bind(performance);
const { now } = Date;
const { random } = Math;
const newId = randomUUID;

/**
 * Time and chance of the process. No other file of the library names them, so that whoever passes another runtime owns
 * them all.
 */
export const systemRuntime: Runtime = {
  monotonicMs: () => monotonicMs(),
  wallClockMs: () => now(),
  random: () => random(),
  newId: () => newId(),
  setTimer: (ms, run, { unref = false } = {}) => {
    const timer = setTimeout(run, ms);
    if (unref) timer.unref();
    return { clear: () => clearTimeout(timer) };
  },
  yieldToEventLoop: () => new Promise((resolve) => setImmediate(resolve)),
};
