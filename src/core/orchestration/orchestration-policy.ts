import type { BlueprintLimits } from '../blueprint/blueprint-limits.js';
import type { BlueprintPolicy } from '../blueprint/blueprint-policy.js';
import type { RetryPolicy } from './retry-policy.js';
import type { DuplicatePolicy } from './wrk-answer.js';

/** How this host has its builds carried out. */
export interface OrchestrationPolicy {
  readonly blueprint: BlueprintPolicy;
  readonly blueprintLimits: BlueprintLimits;
  readonly retry: RetryPolicy;
  readonly duplicates: DuplicatePolicy;
  readonly channels: { readonly slack: boolean };
}
