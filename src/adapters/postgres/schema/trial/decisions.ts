import { ok } from 'neverthrow';
import { DEFAULT_BLUEPRINT_LIMITS } from '../../../../core/blueprint/blueprint-limits.js';
import type { ChecklistPolicy } from '../../../../core/blueprint/checklist.js';
import type { AuditEntry } from '../../../../core/build/audit-entries.js';
import type { BuildDecision } from '../../../../core/build/decision.js';
import type { BuildFacts, CandidateFacts, ClaimedBuild } from '../../../../core/build/facts.js';
import { decideAdopt } from '../../../../core/ops/decide-adopt.js';
import { decideCancel } from '../../../../core/ops/decide-cancel.js';
import { decideRetry } from '../../../../core/ops/decide-retry.js';
import { completeBuild, failBuild } from '../../../../core/orchestration/end-run.js';
import { acceptRequest } from '../../../../core/request/accept-request.js';
import { systemRuntime } from '../../../../runtime/system-runtime.js';
import { AUDIT_ACTIONS, itemsFor } from '../written-values.js';
import type { VersionReference } from './session.js';

const { newId } = systemRuntime;

/** A trial is about the tables: every blueprint is complete, and WRK is asked nothing. */
const POLICY = {
  blueprint: () => ok({ systems: [] }),
  blueprintLimits: DEFAULT_BLUEPRINT_LIMITS,
  duplicates: { by: 'idempotency-key' },
  channels: { slack: true },
} as const;

const workflow = () => {
  const workflowId = `trial-${newId()}`;
  return { workflowId, workflowUrl: `https://wrk.example/workflows/${workflowId}` };
};

const command = () => ({ userId: '', reason: 'A trial of the schema', decisionId: newId() });

/** Nobody did it: the ids of the host's users are not known. */
const byNobody = (decision: BuildDecision): BuildDecision => ({
  ...decision,
  audit: decision.audit && { ...decision.audit, userId: null },
});

/** What decides a trial besides the facts. */
export interface TrialRules {
  readonly startableStatuses: readonly string[];
  readonly checklist: ChecklistPolicy;
}

/** The tasks that a trial asks for. */
export const trialItems = ({ checklist }: TrialRules) => itemsFor(checklist, 'Mail');

/** A request for a build of the version. What the host's own people have still to do does not stand in its way. */
export function trialRequest(
  { tenantId, automationVersionId }: VersionReference,
  candidate: CandidateFacts,
  project: CandidateFacts['projects'][number],
  rules: TrialRules,
): BuildDecision {
  const signed = candidate.quotes.find(({ status }) => status === 'signed') ?? candidate.quotes[0];
  const { decision } = acceptRequest(
    candidate,
    { project, quote: signed ?? NO_QUOTE, checklist: trialItems(rules), systems: [] },
    {
      tenantId,
      trigger: 'auto_build',
      target: { automationVersionId },
      userId: null,
      assigneeId: null,
      requestId: newId(),
      priority: 0,
      lastKnownStatus: null,
      lastKnownUpdatedAt: null,
      lastKnownRowVersion: null,
      idempotency: null,
      decisionId: newId(),
      newBindingId: newId(),
    },
    {
      ...POLICY,
      ...rules,
      orchestration: 'automatic',
    },
  );
  const { guard } = decision;
  return {
    ...decision,
    guard: {
      ...guard,
      quote: signed ? guard.quote : null,
      noOpenBlocker: candidate.openBlockers.length === 0,
      noBuildingSibling: candidate.buildingSiblingIds.length === 0,
    },
  };
}

const NO_QUOTE = { id: '', status: '', expired: false, rowVersion: '' };

/** What becomes of the build, by what people call it; `null` where its facts do not allow it. */
export const TRIAL_OUTCOMES = {
  completion: (build: BuildFacts): BuildDecision | null =>
    completeBuild(claimed(build), workflow(), 'created', POLICY, newId()),
  failure: (build: BuildFacts): BuildDecision | null => failBuild(claimed(build), FAILURE, POLICY, newId()),
  adoption: (build: BuildFacts): BuildDecision | null =>
    decideAdopt(build, { ...command(), ...workflow() }, POLICY)
      .map(byNobody)
      .unwrapOr(null),
  retry: (build: BuildFacts): BuildDecision | null =>
    decideRetry(
      withBlueprint(build),
      { ...command(), requestId: newId(), acceptDuplicateRisk: true, freshKey: false },
      POLICY,
    )
      .map(byNobody)
      .unwrapOr(null),
  cancellation: (build: BuildFacts, rules: TrialRules): BuildDecision | null =>
    decideCancel(
      build,
      { ...command(), acceptDuplicateRisk: true },
      { ...rules, duplicates: POLICY.duplicates },
    )
      .map(byNobody)
      .unwrapOr(null),
} as const;

const FAILURE = {
  reason: 'blueprint_rejected',
  detail: 'A trial of the schema',
  findings: ['A trial of the schema'],
  outcome: 'rejected',
} as const;

/** As a worker has it. Nothing is claimed: a claim takes locks that all workers wait for. */
const claimed = (build: BuildFacts): ClaimedBuild => ({ ...build, call: { id: newId(), number: 1 } });

/** The stored one was not read. */
const withBlueprint = (build: BuildFacts): BuildFacts => ({
  ...build,
  automationVersion: build.automationVersion && {
    ...build.automationVersion,
    blueprintJson: '{}',
    blueprintBytes: 2,
  },
});

/** An entry of each kind about one version, and one about a build. */
export function trialAuditEntries({
  tenantId,
  automationVersionId,
}: VersionReference): readonly AuditEntry[] {
  return AUDIT_ACTIONS.map((actionType): AuditEntry => {
    const isOfBuild = actionType === 'message_refused';
    return {
      tenantId,
      userId: null,
      actionType,
      resourceType: isOfBuild ? 'workflow_binding' : 'automation_version',
      resourceId: isOfBuild ? newId() : automationVersionId,
      metadata: {},
    };
  });
}
