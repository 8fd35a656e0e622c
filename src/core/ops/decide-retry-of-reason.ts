import { err, type Result } from 'neverthrow';
import type { BuildDecision } from '../build/decision.js';
import type { BuildFacts } from '../build/facts.js';
import type { OrchestrationPolicy } from '../orchestration/orchestration-policy.js';
import { decideRetry } from './decide-retry.js';
import type { RetryCommand } from './ops-command.js';
import type { OpsError } from './ops-error.js';

/**
 * Decides a command to build once more what failed for one reason. The race: between the look at the list and this
 * decision the build may have been retried and failed anew; what is true of the one reason need not be of the other.
 */
export function decideRetryOfReason(
  build: BuildFacts,
  command: RetryCommand & { readonly errorReason: string },
  policy: Pick<OrchestrationPolicy, 'blueprint' | 'duplicates'>,
): Result<BuildDecision, OpsError> {
  const { status, errorReason } = build.binding;
  if (status !== 'error' || errorReason === command.errorReason) return decideRetry(build, command, policy);
  return err({
    code: 'wrong_error_reason',
    message: `The build has failed again meanwhile, with ${errorReason}: look at it, then retry it by itself.`,
    details: { errorReason },
  });
}
