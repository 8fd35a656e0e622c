import { DEFAULT_BLUEPRINT_LIMITS } from '../../../src/core/blueprint/blueprint-limits.js';
import { graphBlueprint } from '../../../src/core/blueprint/blueprint-policy.js';
import { defaultChecklist } from '../../../src/core/blueprint/checklist.js';
import type {
  AutomationVersionFacts,
  BindingFacts,
  CandidateFacts,
  ProjectFacts,
  QuoteFacts,
  RequestFacts,
} from '../../../src/core/build/facts.js';
import type { RequestBuildCommand, RequestBuildPolicy } from '../../../src/core/request/request-build.js';
import { deepFreeze } from './deep-freeze.js';

/** A complete blueprint over two systems. */
export const BLUEPRINT = JSON.stringify({
  nodes: [
    { id: 'read', systems: ['Salesforce'] },
    { id: 'write', systems: ['NetSuite'] },
  ],
  edges: [{ source: 'read', target: 'write' }],
});

/** A blueprint that parses and is not complete: both lists are empty. */
export const INCOMPLETE_BLUEPRINT = '{"nodes":[],"edges":[]}';

export function versionFacts(change: Partial<AutomationVersionFacts> = {}): AutomationVersionFacts {
  return deepFreeze({
    id: 'version-1',
    automationId: 'automation-1',
    automationName: 'Invoices to ledger',
    status: 'Ready for Build',
    updatedAt: '2031-04-05 06:07:08.123456+00',
    blueprintJson: BLUEPRINT,
    blueprintBytes: BLUEPRINT.length,
    rowVersion: 'version row 1',
    ...change,
  });
}

export function projectFacts(change: Partial<ProjectFacts> = {}): ProjectFacts {
  return deepFreeze({
    id: 'project-1',
    name: 'Finance',
    status: 'Awaiting Build',
    rowVersion: 'project row 1',
    ...change,
  });
}

export function quoteFacts(change: Partial<QuoteFacts> = {}): QuoteFacts {
  return deepFreeze({
    id: 'quote-1',
    status: 'signed',
    expired: false,
    rowVersion: 'quote row 1',
    ...change,
  });
}

/** A binding as the first request leaves it: `pending`, run 1, fence 1, nobody assigned. */
export function bindingFacts(change: Partial<BindingFacts> = {}): BindingFacts {
  return deepFreeze({
    id: 'binding-1',
    status: 'pending',
    run: 1,
    fence: 1,
    priority: 0,
    requestId: 'request-1',
    requestedBy: 'user-1',
    assigneeId: null,
    orchestration: 'automatic',
    keyGeneration: 0,
    duplicateRiskRun: null,
    cameFromVersionStatus: 'Ready for Build',
    cameFromProjectStatus: 'Awaiting Build',
    errorReason: null,
    workflowId: null,
    workflowUrl: null,
    adoption: null,
    ...change,
  });
}

/** A version that may be built at once. */
export function candidateFacts(change: Partial<CandidateFacts> = {}): CandidateFacts {
  return deepFreeze({
    automationVersion: versionFacts(),
    projects: [projectFacts()],
    quotes: [quoteFacts()],
    binding: null,
    buildingSiblingIds: [],
    openBlockers: [],
    checklist: [],
    ...change,
  });
}

/** The facts of a request that names a version which may be built at once. */
export function requestFacts(
  candidate: Partial<CandidateFacts> = {},
  change: Partial<RequestFacts> = {},
): RequestFacts {
  return deepFreeze({
    storedAnswer: null,
    candidates: [candidateFacts(candidate)],
    buildingVersionId: null,
    ...change,
  });
}

/** A request for `version-1` by `user-1`, without hints, key or assignee. */
export function requestCommand(change: Partial<RequestBuildCommand> = {}): RequestBuildCommand {
  return deepFreeze({
    tenantId: 'tenant-1',
    trigger: 'patch_status',
    target: { automationVersionId: 'version-1' },
    userId: 'user-1',
    assigneeId: null,
    requestId: 'request-1',
    priority: 0,
    lastKnownStatus: null,
    lastKnownUpdatedAt: null,
    lastKnownRowVersion: null,
    idempotency: null,
    decisionId: 'decision-1',
    newBindingId: 'binding-1',
    ...change,
  });
}

/** What a host gets that changes no option. */
export const REQUEST_POLICY: RequestBuildPolicy = deepFreeze({
  startableStatuses: ['Ready for Build', 'Awaiting Client Approval'],
  blueprint: graphBlueprint,
  blueprintLimits: DEFAULT_BLUEPRINT_LIMITS,
  checklist: defaultChecklist,
  orchestration: 'automatic',
  channels: { slack: false },
});
