/** How often and how patiently one run of a build is tried. Durations in milliseconds. */
export interface RetryPolicy {
  /** Retries of a run after its first call to WRK. Default 3, as the flow says: at most 4 calls. */
  readonly maxRetries: number;
  /** Wait before the first retry; each further one doubles. Default 1,000 ms. */
  readonly initialDelayMs: number;
  /** How much of a wait is left to chance, from 0 to 1, so that builds that failed together do not return together. Default 0.2. */
  readonly jitter: number;
  /** The most patience that a `Retry-After` of WRK can ask for. Default 900,000 ms (15 minutes). */
  readonly maxRetryAfterMs: number;
  /** Calls in one run that may be cut off before their answer was recorded. They do not count as retries. Default 10. */
  readonly maxInterruptions: number;
}

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
