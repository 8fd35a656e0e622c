import * as z from 'zod';
import type { ClaimLimits } from '../ports/claim-limits.js';

const most = 100_000;
const builds = z.int().min(1).max(most).optional();
// Below one in a day a limit is more likely a mistake than meant.
const rate = z
  .number()
  .min(1 / 86_400)
  .max(most)
  .optional();

const limitSchema = z.strictObject({
  concurrency: z.strictObject({ global: builds, perTenant: builds }).optional(),
  callsPerSecond: z.strictObject({ global: rate, perTenant: rate }).optional(),
});

/**
 * What all processes together keep to; what is left out is not limited.
 *
 * `concurrency`: builds in the hands of workers at once, a whole number. It is counted at the claim, so claims of one
 * moment may pass it, by one batch for each process at most.
 *
 * `callsPerSecond`: builds claimed in a second, and so calls to WRK begun; fractions are fine (0.5 is one in two
 * seconds). What is not used is saved up for one second, or for one call where that takes longer. It is exact, and kept in
 * one row for all tenants and one for each: claims wait for each other at the row for all, some milliseconds each.
 *
 * Give all processes the same limits: each keeps to its own.
 */
export type LimitOptions = z.input<typeof limitSchema>;

/** Reads the limits. Throws a TypeError that lists what is wrong. */
export function readLimits(options: LimitOptions | undefined): ClaimLimits {
  const parsed = limitSchema.safeParse(options ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `limits.${path.join('.')}: ${message}`);
    throw new TypeError(`The limits cannot be kept: ${problems.join('; ')}.`);
  }
  const { concurrency, callsPerSecond } = parsed.data;
  return {
    concurrency: { global: concurrency?.global ?? null, perTenant: concurrency?.perTenant ?? null },
    callsPerSecond: { global: callsPerSecond?.global ?? null, perTenant: callsPerSecond?.perTenant ?? null },
  };
}
