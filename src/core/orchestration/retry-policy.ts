import type { Complete } from '../input/complete.js';

/** How often and how patiently one run of a build is tried. */
export interface RetryOptions {
  /**
   * Retries of a run after its first call to WRK. A whole number from 0 to 1,000. With the default, as the flow says, a run
   * has at most 4 calls.
   *
   * @default 3
   */
  readonly maxRetries?: number | undefined;
  /**
   * The wait before the first retry, in milliseconds, from 0 to 86,400,000 (1 day). Each further wait is twice as long.
   *
   * @default 1_000
   */
  readonly initialDelayMs?: number | undefined;
  /**
   * The share of a wait that is left to chance, from 0 to 1, so that builds that failed together do not return together.
   *
   * @default 0.2
   */
  readonly jitter?: number | undefined;
  /**
   * The longest wait that a `Retry-After` of WRK can ask for, in milliseconds, from 0 to 86,400,000 (1 day).
   *
   * @default 900_000 (15 minutes)
   */
  readonly maxRetryAfterMs?: number | undefined;
  /**
   * Calls in one run that may be cut off before their answer is recorded. They do not count as retries. A whole number
   * from 0 to 1,000.
   *
   * @default 10
   */
  readonly maxInterruptions?: number | undefined;
}

/** How often and how patiently one run of a build is tried, with all defaults. */
export type RetryPolicy = Complete<RetryOptions>;

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxRetries: 3,
  initialDelayMs: 1_000,
  jitter: 0.2,
  maxRetryAfterMs: 900_000,
  maxInterruptions: 10,
};

/**
 * Milliseconds to wait after the given number of finished calls (1 or more).
 *
 * `random` is from 0 up to 1, and comes from the caller. WRK's own wish counts where it is longer, up to the cap.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  finishedCalls: number,
  retryAfterMs: number | null,
  random: number,
): number {
  const nominal = policy.initialDelayMs * 2 ** (finishedCalls - 1);
  const backoff = nominal * (1 + policy.jitter * (random - 0.5));
  return Math.round(Math.max(backoff, Math.min(retryAfterMs ?? 0, policy.maxRetryAfterMs)));
}
