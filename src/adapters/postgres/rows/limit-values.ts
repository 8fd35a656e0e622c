import type { ClaimLimits } from '../../../ports/claim-limits.js';
import type { Value } from '../drivers/database.js';

/** The limits as the values of `limitParameters`. */
export function limitValues({ concurrency, callsPerSecond }: ClaimLimits): readonly Value[] {
  return [concurrency.global, concurrency.perTenant, callsPerSecond.global, callsPerSecond.perTenant];
}
