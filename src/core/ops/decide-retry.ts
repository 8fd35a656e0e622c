import { err, ok, type Result } from 'neverthrow';
import { readBlueprint } from '../blueprint/read-blueprint.js';
import type { BuildDecision } from '../build/decision.js';
import type { AutomationVersionFacts, BindingFacts, BuildFacts, CallFacts } from '../build/facts.js';
import { buildRequestMessage } from '../build/messages.js';
import { outstandingCalls } from '../orchestration/call-ledger.js';
import { nextBinding } from '../orchestration/change-build.js';
import type { OrchestrationPolicy } from '../orchestration/orchestration-policy.js';
import type { DuplicatePolicy } from '../orchestration/wrk-answer.js';
import { checkBuildable, checkNoSibling, checkRisk, checkStatus } from './check-command.js';
import type { RetryCommand } from './ops-command.js';
import { commandDecision, commandEntry, underNextFence } from './ops-decision.js';
import type { OpsError } from './ops-error.js';

/** What a retry is decided by. */
type RetryPolicies = Pick<OrchestrationPolicy, 'blueprint' | 'blueprintLimits' | 'duplicates'>;

/**
 * Decides a command to build once more after an error. Version and blueprint are checked again, the quote is not: it was
 * signed when the build was requested.
 *
 * The next run has calls of its own, and keeps the idempotency key unless a fresh one is asked for.
 */
export function decideRetry(
  build: BuildFacts,
  command: RetryCommand,
  policy: RetryPolicies,
): Result<BuildDecision, OpsError> {
  const kept = keptWorkflow(build, command);
  const risky = kept ? [] : callsAtRisk(build, command, policy.duplicates);
  return checkStatus(build, ['error'])
    .andThen(() => checkBuildable(build))
    .andThrough(() => checkNoSibling(build))
    .andThrough(({ automationVersion }) => checkBlueprint(automationVersion, policy))
    .andThrough(() =>
      checkRisk(
        risky,
        command.acceptDuplicateRisk,
        'An earlier call may have created the workflow, and another call may create a duplicate: look for it in WRK and adopt it, or retry with acceptDuplicateRisk.',
      ),
    )
    .map(() => retried(build, command, kept, risky.length > 0));
}

/**
 * The workflow that the build kept when its outcome was refused, if the next run completes with it and calls nobody: unless
 * a fresh key asks for another one, or the content was edited since.
 */
function keptWorkflow(
  { binding: { workflowId, workflowUrl }, calls, contentHash }: BuildFacts,
  { freshKey }: RetryCommand,
): Pick<BindingFacts, 'workflowId' | 'workflowUrl'> | null {
  const call = calls.find((each) => each.workflowId !== null && each.workflowId === workflowId);
  return call?.contentHash === contentHash && !freshKey ? { workflowId, workflowUrl } : null;
}

function retried(
  build: BuildFacts,
  command: RetryCommand,
  kept: ReturnType<typeof keptWorkflow>,
  atRisk: boolean,
): BuildDecision {
  const { tenantId, binding } = underNextFence(build);
  const { requestId, freshKey } = command;
  const run = binding.run + 1;
  const { id: bindingId, priority, keyGeneration } = binding;
  const decision = commandDecision(build, command);
  return {
    ...decision,
    guard: { ...decision.guard, noBuildingSibling: true },
    binding: nextBinding(binding, {
      status: 'pending',
      run,
      requestId,
      keyGeneration: freshKey ? keyGeneration + 1 : keyGeneration,
      duplicateRiskRun: atRisk ? run : null,
      errorReason: null,
      workflowId: kept?.workflowId ?? null,
      workflowUrl: kept?.workflowUrl ?? null,
    }),
    audit: commandEntry(build, command, 'retry_build', {
      run,
      request_id: requestId,
      error_reason: binding.errorReason,
      fresh_key: freshKey,
      accepted_duplicate_risk: atRisk,
    }),
    messages:
      binding.orchestration === 'manual'
        ? []
        : [buildRequestMessage({ tenantId, bindingId, requestId, priority }, 0)],
  };
}

function checkBlueprint(version: AutomationVersionFacts, policy: RetryPolicies): Result<void, OpsError> {
  const blueprint = readBlueprint(version, policy.blueprint, policy.blueprintLimits);
  if (blueprint.isOk()) return ok();
  return err({
    code: 'blueprint_incomplete',
    message: 'The blueprint is incomplete: fix the listed problems, then retry the build.',
    details: blueprint.error,
  });
}

/** The calls whose workflow another call might duplicate, given how WRK prevents duplicates. */
function callsAtRisk(
  build: BuildFacts,
  { freshKey }: RetryCommand,
  duplicates: DuplicatePolicy,
): readonly CallFacts[] {
  const outstanding = outstandingCalls(build);
  const isEdited = ({ contentHash }: CallFacts) => contentHash !== build.contentHash;
  switch (duplicates.by) {
    case 'idempotency-key':
      return outstanding.filter((call) => freshKey || isEdited(call));
    case 'lookup':
      return [];
    case 'nothing':
      return outstanding.filter((call) => duplicates.onUnknownOutcome === 'stop' || isEdited(call));
  }
}

/**
 * Decides a command to retry what failed for one reason. The race: between the read of the list and this decision the
 * build may have been retried and have failed again, for a reason that calls for another action.
 */
export function decideRetryOfReason(
  build: BuildFacts,
  command: RetryCommand & { readonly errorReason: string },
  policy: RetryPolicies,
): Result<BuildDecision, OpsError> {
  const { status, errorReason } = build.binding;
  if (status !== 'error' || errorReason === command.errorReason) return decideRetry(build, command, policy);
  return err({
    code: 'wrong_error_reason',
    message: `The build has since failed again, with ${errorReason}: read it again, then retry it on its own.`,
    details: { errorReason },
  });
}
