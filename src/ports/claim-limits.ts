/** How many, over all tenants and for each tenant; `null`: as many as there are. */
export interface LimitPair {
  readonly global: number | null;
  readonly perTenant: number | null;
}

/** What a claim of builds keeps to, whichever process makes it. */
export interface ClaimLimits {
  /**
   * Builds under a live lease. Counted at the claim, so claims of one moment may pass it: by one batch for each process
   * at most.
   */
  readonly concurrency: LimitPair;
  /** Builds claimed, and so calls begun, in a second: a token bucket that holds one second's worth, at least one. Exact. */
  readonly callsPerSecond: LimitPair;
}

const NONE: LimitPair = { global: null, perTenant: null };

/** Claims take whatever is due. */
export const NO_LIMITS: ClaimLimits = { concurrency: NONE, callsPerSecond: NONE };

/** The most claims that a bucket of this rate saves up while nobody claims. */
export function burstOf(perSecond: number): number {
  return Math.max(1, perSecond);
}
