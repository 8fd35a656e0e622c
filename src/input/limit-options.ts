import { numberBetween, options, wholeNumber } from '../core/input/option-kinds.js';
import type { ClaimLimits } from '../ports/claim-limits.js';

const MAX = 100_000;
const builds = wholeNumber('builds', 1, MAX).optional();
// Below one in a day a limit is more likely a mistake than meant.
const rate = numberBetween(1 / 86_400, MAX).optional();

/** What claims of builds keep to; `null`, not limited, for what is left out. */
export const limitSchema = options({
  concurrency: options({ global: builds, perTenant: builds }).prefault({}),
  callsPerSecond: options({ global: rate, perTenant: rate }).prefault({}),
}).transform(
  ({ concurrency, callsPerSecond }): ClaimLimits => ({
    concurrency: { global: concurrency.global ?? null, perTenant: concurrency.perTenant ?? null },
    callsPerSecond: { global: callsPerSecond.global ?? null, perTenant: callsPerSecond.perTenant ?? null },
  }),
);

interface ConcurrencyLimits {
  /**
   * Of all tenants together. A whole number from 1 to 100,000.
   *
   * @default not limited
   */
  readonly global?: number | undefined;
  /**
   * Of each tenant. A whole number from 1 to 100,000.
   *
   * @default not limited
   */
  readonly perTenant?: number | undefined;
}

interface RateLimits {
  /**
   * Of all tenants together, from 1/86,400 (one a day) to 100,000 a second. Fractions are fine: 0.5 is one in two seconds.
   *
   * @default not limited
   */
  readonly global?: number | undefined;
  /**
   * Of each tenant, from 1/86,400 (one a day) to 100,000 a second. Fractions are fine.
   *
   * @default not limited
   */
  readonly perTenant?: number | undefined;
}

/** What all processes together keep to. Give all processes the same limits: each keeps to its own. */
export interface LimitOptions {
  /**
   * Builds in the hands of workers at once. They are counted at the claim, so claims of one moment may pass the limit, by
   * one batch for each process at most.
   *
   * @default not limited
   */
  readonly concurrency?: ConcurrencyLimits | undefined;
  /**
   * Builds claimed in a second, and so calls to WRK begun. What is not used is saved up for one second, or for one call
   * where that takes longer. It is exact, and kept in one row for all tenants and one for each: claims wait for each other
   * at the row for all, some milliseconds each.
   *
   * @default not limited
   */
  readonly callsPerSecond?: RateLimits | undefined;
}
