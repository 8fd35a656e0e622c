import { DEFAULT_RETRY_POLICY } from '../../../../src/core/orchestration/retry-policy.js';
import { orchestrationPolicy } from '../../support/claimed-build.js';
import type { Model } from './model.js';

/** As by default, but for few interruptions: eleven in one run hardly ever come together by chance. */
export function policyOf({ duplicates }: Model) {
  const retry = { ...DEFAULT_RETRY_POLICY, maxInterruptions: 2 };
  return orchestrationPolicy({ duplicates, retry });
}
