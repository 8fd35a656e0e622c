import { DEFAULT_BLUEPRINT_LIMITS } from '../../../src/core/blueprint/blueprint-limits.js';
import { graphBlueprint } from '../../../src/core/blueprint/blueprint-policy.js';
import type { CallFacts, CallOutcome, ClaimedBuild } from '../../../src/core/build/facts.js';
import type { OrchestrationPolicy } from '../../../src/core/orchestration/orchestration-policy.js';
import { DEFAULT_RETRY_POLICY } from '../../../src/core/orchestration/retry-policy.js';
import type { DuplicatePolicy } from '../../../src/core/orchestration/wrk-answer.js';
import { deepFreeze } from './deep-freeze.js';
import { bindingFacts, projectFacts, versionFacts } from './request-facts.js';

/** What a host may say of WRK's help against duplicates. */
export const DUPLICATE_POLICIES: Readonly<
  Record<'key' | 'lookup' | 'nothing, retry' | 'nothing, stop', DuplicatePolicy>
> = deepFreeze({
  key: { by: 'idempotency-key' },
  lookup: { by: 'lookup', settleMs: 30_000 },
  'nothing, retry': { by: 'nothing', onUnknownOutcome: 'retry' },
  'nothing, stop': { by: 'nothing', onUnknownOutcome: 'stop' },
});

/** The options of a host that changes none, but for `duplicates`, which has no default. */
export function orchestrationPolicy(change: Partial<OrchestrationPolicy> = {}): OrchestrationPolicy {
  return deepFreeze({
    blueprint: graphBlueprint,
    blueprintLimits: DEFAULT_BLUEPRINT_LIMITS,
    retry: DEFAULT_RETRY_POLICY,
    duplicates: DUPLICATE_POLICIES.key,
    channels: { slack: false },
    ...change,
  });
}

/** A build in the hands of a worker: claimed for the first time, its version and project `Build in Progress`. */
export function claimedBuild(change: Partial<ClaimedBuild> = {}): ClaimedBuild {
  return deepFreeze({
    tenantId: 'tenant-1',
    automationVersionId: 'version-1',
    binding: bindingFacts({ fence: 2 }),
    automationVersion: versionFacts({ status: 'Build in Progress' }),
    project: projectFacts({ status: 'Build in Progress' }),
    buildingSiblingIds: [],
    checklist: [],
    calls: [],
    contentHash: 'content-1',
    isHeld: true,
    circuitBreakers: [],
    call: { id: 'call-of-this-claim', number: 1 },
    ...change,
  });
}

/** A row of the ledger: of run 1 and the content of {@link claimedBuild}, without a workflow. */
export function ledgerCall(
  number: number,
  outcome: CallOutcome | null,
  change: Partial<CallFacts> = {},
): CallFacts {
  return deepFreeze({
    id: `call-${number}`,
    run: 1,
    number,
    contentHash: 'content-1',
    outcome,
    detail: outcome === null ? null : `ended as ${outcome}`,
    findings: [],
    workflowId: null,
    workflowUrl: null,
    startedMsAgo: 100_000,
    closedMsAgo: outcome === null ? null : 90_000,
    ...change,
  });
}

/** A build claimed for the call after these, which ended so in this order; `null` for one that was cut off. */
export function claimedAfter(
  outcomes: readonly (CallOutcome | null)[],
  change: Partial<ClaimedBuild> = {},
): ClaimedBuild {
  const calls = outcomes.map((outcome, index) => ledgerCall(index + 1, outcome));
  const call = { id: 'call-of-this-claim', number: calls.length + 1 };
  return claimedBuild({ calls, call, ...change });
}
