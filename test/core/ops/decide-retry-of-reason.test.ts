import { describe, expect, it } from 'vitest';
import { DEFAULT_BLUEPRINT_LIMITS } from '../../../src/core/blueprint/blueprint-limits.js';
import { graphBlueprint } from '../../../src/core/blueprint/blueprint-policy.js';
import { decideRetry, decideRetryOfReason } from '../../../src/core/ops/decide-retry.js';
import { BY_OPS, failedBuild } from '../support/ops-facts.js';
import { bindingFacts } from '../support/request-facts.js';

const RETRY = { ...BY_OPS, requestId: 'request-2', acceptDuplicateRisk: false, freshKey: false };
const POLICY = {
  blueprint: graphBlueprint,
  blueprintLimits: DEFAULT_BLUEPRINT_LIMITS,
  duplicates: { by: 'idempotency-key' },
} as const;

const retry = (errorReason: string, build = failedBuild()) =>
  decideRetryOfReason(build, { ...RETRY, errorReason }, POLICY);

describe('a command to retry what failed for one reason', () => {
  it('is a command to retry where the build failed for it', () => {
    expect(retry('wrk_api_error').isOk()).toBe(true);
    expect(retry('wrk_api_error')).toEqual(decideRetry(failedBuild(), RETRY, POLICY));
  });

  it('is refused for a build that has failed for another one meanwhile', () => {
    expect(retry('network_failure')._unsafeUnwrapErr()).toMatchObject({
      code: 'wrong_error_reason',
      message: expect.stringContaining('wrk_api_error'),
      details: { errorReason: 'wrk_api_error' },
    });
  });

  it('is refused by its status where the build is in error no more', () => {
    const pending = failedBuild({ binding: bindingFacts({ status: 'pending', errorReason: null }) });
    expect(retry('wrk_api_error', pending)._unsafeUnwrapErr().code).toBe('wrong_build_status');
  });
});
