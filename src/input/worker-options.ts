import { milliseconds, numberBetween, options, wholeNumber } from '../core/input/option-kinds.js';
import { readOptions } from '../core/input/read-options.js';

const items = (what: string) => wholeNumber(what, 0, 10_000).default(32);

/** The schema of `WorkerOptions`. */
export const workerSchema = options({
  concurrency: options({ builds: items('builds'), notifications: items('notifications') }).prefault({}),
  pollIntervalMs: milliseconds().default(1_100),
  leaseMs: milliseconds().default(60_000),
  sweepIntervalMs: milliseconds().default(30_000),
});

/** What is left of a deadline is seldom a whole number. */
export const stopSchema = options({ graceMs: numberBetween(0, 86_400_000).default(35_000) });

/** Reads the options of `startWorkers`. Throws a TypeError that lists what is wrong. */
export function readWorkerOptions(given: unknown = {}) {
  return readOptions('startWorkers', workerSchema, given);
}

/** Reads the options of `stop` of the workers. Throws a TypeError that lists what is wrong. */
export function readStopOptions(given: unknown = {}) {
  return readOptions('stop', stopSchema, given);
}
