import type { BlueprintLimits } from '../blueprint/blueprint-limits.js';
import type { RequestBuildError } from '../build/errors.js';
import type { RequestFacts } from '../build/facts.js';

/** What a tenant that has a costly request under way is asked to wait, in milliseconds. */
const RETRY_AFTER_MS = 1_000;

/** The longest blueprint that is read at once, in bytes. A longer one makes a request costly. */
export function maxCheapBytes({ bytes }: BlueprintLimits): number {
  return Math.floor(bytes / 10);
}

/**
 * Whether a request, or a preview of one, must be admitted before its blueprint is read: it has one blueprint, which is not
 * too long to be looked at, but was too long to be read at once.
 */
export function isCostly({ storedAnswer, candidates }: RequestFacts, { bytes }: BlueprintLimits): boolean {
  const [candidate, ...others] = candidates;
  if (storedAnswer || !candidate || others.length > 0) return false;
  const { blueprintJson, blueprintBytes } = candidate.automationVersion;
  return blueprintJson === null && blueprintBytes <= bytes;
}

/** Whether a blueprint was met that makes requests costly, or that is over the limit itself. */
export function isLong({ candidates }: RequestFacts, limits: BlueprintLimits): boolean {
  return candidates.some(({ automationVersion }) => automationVersion.blueprintBytes > maxCheapBytes(limits));
}

/** The tenant has as many costly requests under way in this process as it may have. */
export function tooManyCostlyRequests(): RequestBuildError {
  return {
    code: 'too_many_costly_requests',
    message: 'Another request with a large blueprint is being checked: send this one again in a moment.',
    details: { retryAfterMs: RETRY_AFTER_MS },
  };
}
