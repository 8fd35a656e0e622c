import pRetry from 'p-retry';
import type { Runtime } from './runtime.js';
import { sleep } from './waiting.js';

/** How often something is tried again, and after which delays. Durations in milliseconds. */
export interface RetryOptions {
  /** Retries after the first attempt. */
  readonly maxRetries: number;
  /** Before the first retry; it doubles for each one, and up to as much again is added by chance. */
  readonly initialDelayMs: number;
  /** No attempt begins later than this; one that hangs takes its own time besides. Default: no limit. */
  readonly maxMs?: number;
  /** Whether an attempt that failed with this is worth another. Default: always. */
  readonly shouldRetry?: (problem: unknown) => boolean;
  /** Ends the wait for the next attempt. */
  readonly signal?: AbortSignal;
}

/**
 * Runs something again that failed, with exponential backoff and jitter. Rejects with what the last attempt failed with.
 * A `TypeError` that is not a network error is a bug, and no other attempt fixes it.
 *
 * p-retry decides whether there is another attempt; the wait before it is the runtime's, so that tests can own it. It takes
 * what is no `Error` of its realm for a mistake, and in Jest that is what Node throws: so it gets one in its place.
 */
export function retry<T>(
  runtime: Pick<Runtime, 'monotonicMs' | 'random' | 'setTimer'>,
  attempt: () => Promise<T>,
  { maxRetries, initialDelayMs, maxMs = Number.POSITIVE_INFINITY, shouldRetry, signal }: RetryOptions,
): Promise<T> {
  const startedAt = runtime.monotonicMs();
  const standIns = new WeakMap<object, unknown>();
  const standIn = (problem: unknown): Error => {
    if (problem instanceof Error) return problem;
    const made = new Error('The attempt failed.');
    standIns.set(made, problem);
    return made;
  };
  const original = (problem: unknown): unknown =>
    typeof problem === 'object' && problem !== null && standIns.has(problem)
      ? standIns.get(problem)
      : problem;
  const attemptOrStandIn = async () => {
    try {
      return await attempt();
    } catch (problem) {
      throw standIn(problem);
    }
  };
  return pRetry(attemptOrStandIn, {
    retries: maxRetries,
    minTimeout: 0,
    maxTimeout: 0,
    ...(signal && { signal }),
    shouldRetry: async ({ error, retriesConsumed }) => {
      const leftMs = startedAt + maxMs - runtime.monotonicMs();
      if (leftMs <= 0 || shouldRetry?.(original(error)) === false) return false;
      const delayMs = initialDelayMs * 2 ** retriesConsumed * (1 + runtime.random());
      await sleep(runtime, Math.min(delayMs, leftMs), signal);
      return true;
    },
  }).catch((problem: unknown) => {
    throw original(problem);
  });
}
