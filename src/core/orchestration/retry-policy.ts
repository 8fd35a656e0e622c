/** How often and how patiently one run of a build is tried. Durations in milliseconds. */
export interface RetryPolicy {
  /** Calls to WRK in one run, the first included. Default 4: one call and three retries, as the flow says. */
  readonly callsPerRun: number;
  /** Wait before the first retry; each further one doubles. Default 1,000 ms. */
  readonly firstRetryMs: number;
  /** How much of a wait is left to chance, from 0 to 1, so that builds that failed together do not return together. Default 0.2. */
  readonly jitter: number;
  /** The most patience that a `Retry-After` of WRK can ask for. Default 900,000 ms (15 minutes). */
  readonly longestRetryAfterMs: number;
  /** Calls in one run that may be cut off before their answer was recorded. They do not use up `callsPerRun`. Default 10. */
  readonly interruptionsPerRun: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  callsPerRun: 4,
  firstRetryMs: 1_000,
  jitter: 0.2,
  longestRetryAfterMs: 900_000,
  interruptionsPerRun: 10,
};

/**
 * Milliseconds to wait after the given number of finished calls (1 or more).
 *
 * `random` is from 0 up to 1, and comes from the shell. WRK's own wish counts where it is longer, up to the cap.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  finishedCalls: number,
  retryAfterMs: number | null,
  random: number,
): number {
  const nominal = policy.firstRetryMs * 2 ** (finishedCalls - 1);
  const backoff = nominal * (1 + policy.jitter * (random - 0.5));
  return Math.round(Math.max(backoff, Math.min(retryAfterMs ?? 0, policy.longestRetryAfterMs)));
}
