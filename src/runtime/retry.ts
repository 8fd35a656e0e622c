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

/** Runs something again that failed, with exponential backoff and jitter. Rejects with what the last attempt failed with. */
export async function retry<T>(
  runtime: Pick<Runtime, 'monotonicMs' | 'random' | 'setTimer'>,
  attempt: () => Promise<T>,
  { maxRetries, initialDelayMs, maxMs = Number.POSITIVE_INFINITY, shouldRetry, signal }: RetryOptions,
): Promise<T> {
  const startedAt = runtime.monotonicMs();
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt();
    } catch (problem) {
      const leftMs = startedAt + maxMs - runtime.monotonicMs();
      if (retries === maxRetries || leftMs <= 0 || shouldRetry?.(problem) === false) throw problem;
      const delayMs = initialDelayMs * 2 ** retries * (1 + runtime.random());
      await sleep(runtime, Math.min(delayMs, leftMs), signal);
    }
  }
}
