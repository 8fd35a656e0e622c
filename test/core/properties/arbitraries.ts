import fc from 'fast-check';
import type { BindingFacts, BuildFacts, ClaimedBuild, RequestFacts } from '../../../src/core/build/facts.js';
import type { OrchestrationPolicy } from '../../../src/core/orchestration/orchestration-policy.js';
import { DEFAULT_RETRY_POLICY } from '../../../src/core/orchestration/retry-policy.js';
import type { WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';
import type { RequestBuildCommand } from '../../../src/core/request/request-build.js';
import { DUPLICATE_POLICIES, orchestrationPolicy } from '../support/claimed-build.js';
import { BLUEPRINT, INCOMPLETE_BLUEPRINT } from '../support/request-facts.js';

const id = fc.constantFrom('a', 'b', 'c', '谷歌', 'x'.repeat(200));
const optionalId = fc.option(id);
/** Absent in most runs, so that most requests come through. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const status = fc.constantFrom(
  'Ready for Build',
  'Ready for Build',
  'Awaiting Client Approval',
  'Build in Progress',
  'Build in Progress',
  'QA & Testing',
  'Archived',
);

const automationVersion = fc.record({
  id,
  automationId: id,
  automationName: text,
  status,
  updatedAt: fc.constantFrom('then', 'now'),
  blueprintJson: fc.constantFrom(BLUEPRINT, BLUEPRINT, BLUEPRINT, INCOMPLETE_BLUEPRINT, 'not JSON', null),
  blueprintBytes: fc.constantFrom(BLUEPRINT.length, BLUEPRINT.length, BLUEPRINT.length, 3_000_000),
  rowVersion: id,
});

const project = fc.record({ id, name: text, status, rowVersion: id });

const quote = fc.record({
  id,
  status: fc.constantFrom('signed', 'signed', 'sent'),
  expired: fc.boolean(),
  rowVersion: id,
});

const counter = fc.integer({ min: 1, max: 3 });

const bindingWith = (bindingStatus: fc.Arbitrary<BindingFacts['status']>): fc.Arbitrary<BindingFacts> =>
  fc.record({
    id,
    status: bindingStatus,
    run: counter,
    fence: counter,
    priority: fc.integer({ min: -100, max: 100 }),
    requestId: id,
    requestedBy: optionalId,
    assigneeId: optionalId,
    orchestration: fc.constant('automatic'),
    keyGeneration: fc.integer({ min: 0, max: 2 }),
    duplicateRiskRun: fc.option(counter),
    cameFromVersionStatus: status,
    cameFromProjectStatus: status,
    errorReason: optionalId,
    // Only a refused outcome leaves one behind.
    workflowId: fc.option(id, { freq: 1 }),
    workflowUrl: fc.option(id, { freq: 1 }),
    adoption: fc.constant(null),
  });

/** Up to 40 tasks of different slugs, some of them those of the default checklist. */
export const checklist = fc.uniqueArray(
  fc.record({
    id: fc.uuid(),
    slug: fc.oneof(fc.constantFrom('create-workflow', 'connect-salesforce', 'hand-over-to-qa'), text),
    category: fc.constantFrom('integration', 'manual', ''),
    status: fc.constantFrom('pending', 'complete', 'complete', 'in_progress', 'Complete'),
  }),
  { selector: (task) => task.slug, maxLength: 40 },
);

const answer = fc.record({ bindingId: id, automationVersionId: id, projectId: id, run: counter });

/** Any facts behind a request, likely and unlikely ones; most of them let it through. */
export const requestFacts: fc.Arbitrary<RequestFacts> = fc.record({
  storedAnswer: seldom(fc.record({ bodyHash: id, answer })),
  candidates: fc.array(
    fc.record({
      automationVersion,
      projects: fc.oneof({ weight: 4, arbitrary: fc.tuple(project) }, fc.array(project, { maxLength: 2 })),
      quotes: fc.array(quote, { maxLength: 4 }),
      binding: seldom(bindingWith(fc.constantFrom('cancelled', 'cancelled', 'pending', 'error', 'active'))),
      buildingSiblingIds: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, fc.array(id, { maxLength: 2 })),
      openBlockers: fc.oneof(
        { weight: 5, arbitrary: fc.constant([]) },
        fc.array(fc.record({ id, title: text }), { maxLength: 2 }),
      ),
      checklist,
    }),
    { minLength: 1, maxLength: 1 },
  ),
  buildingVersionId: seldom(id),
});

export const command: fc.Arbitrary<RequestBuildCommand> = fc.record({
  tenantId: id,
  trigger: fc.constantFrom('patch_status', 'admin_request_build', 'auto_build', 'status_change'),
  target: fc.oneof(fc.record({ automationVersionId: id }), fc.record({ projectId: id })),
  userId: optionalId,
  assigneeId: optionalId,
  priority: fc.integer({ min: -100, max: 100 }),
  requestId: id,
  lastKnownStatus: seldom(fc.constant('Ready for Build')),
  lastKnownUpdatedAt: seldom(fc.constant('now')),
  lastKnownRowVersion: seldom(fc.constant('7')),
  idempotency: fc.option(fc.record({ operation: id, key: id, bodyHash: id })),
  decisionId: id,
  newBindingId: id,
});

const call = fc.record({
  id,
  run: counter,
  number: counter,
  contentHash: fc.oneof(
    { weight: 7, arbitrary: fc.constant('content-1') },
    { weight: 1, arbitrary: fc.constant('content-2') },
  ),
  outcome: fc.oneof(
    { weight: 7, arbitrary: fc.constantFrom(null, 'refused', 'unknown', 'not_sent') },
    { weight: 1, arbitrary: fc.constantFrom('created', 'rejected') },
  ),
  detail: fc.option(text),
  findings: fc.array(text, { maxLength: 2 }),
  workflowId: seldom(id),
  workflowUrl: seldom(id),
  startedMsAgo: fc.nat(100_000),
  closedMsAgo: fc.option(fc.nat(100_000)),
});

const buildableVersion = automationVersion.map((version): typeof version => ({
  ...version,
  status: 'Build in Progress',
  blueprintJson: BLUEPRINT,
  blueprintBytes: BLUEPRINT.length,
}));

const build = fc.record({
  tenantId: id,
  automationVersionId: id,
  binding: bindingWith(fc.constant('pending')),
  automationVersion: fc.option(
    fc.oneof({ weight: 2, arbitrary: buildableVersion }, { weight: 1, arbitrary: automationVersion }),
    { freq: 10 },
  ),
  project: fc.option(project, { freq: 10 }),
  checklist,
  calls: fc.array(call, { maxLength: 6 }),
  buildingSiblingIds: fc.array(id, { maxLength: 1 }),
  contentHash: fc.constant('content-1'),
  isHeld: fc.boolean(),
  circuitBreakers: fc.constant([]),
});

/** Any build in the hands of a worker. */
export const claimedBuild: fc.Arbitrary<ClaimedBuild> = fc
  .tuple(build, fc.record({ id, number: counter }))
  .map(([facts, ofClaim]) => ({ ...facts, call: ofClaim }));

/** A build as it stands when somebody looks again, if it is still there. */
export const laterFacts: fc.Arbitrary<BuildFacts | null> = fc.option(
  fc
    .tuple(build, bindingWith(fc.constantFrom('pending', 'active', 'error', 'cancelled')))
    .map(([facts, binding]) => ({ ...facts, binding })),
);

const detail = text;
const retryAfterMs = fc.option(fc.integer({ min: -1_000, max: 10_000_000 }));

export const wrkAnswer: fc.Arbitrary<WrkAnswer> = fc.oneof(
  fc.record({ kind: fc.constant('created' as const), workflowId: id, workflowUrl: id }),
  fc.record({
    kind: fc.constant('already_exists' as const),
    workflowId: optionalId,
    workflowUrl: optionalId,
    reference: optionalId,
    detail,
  }),
  fc.record({ kind: fc.constant('rejected' as const), findings: fc.array(text, { maxLength: 60 }), detail }),
  fc.record({
    kind: fc.constant('access_denied' as const),
    scope: fc.constantFrom('everyone', 'tenant'),
    detail,
  }),
  fc.record({ kind: fc.constantFrom('not_now' as const, 'api_error' as const), retryAfterMs, detail }),
  fc.record({
    kind: fc.constantFrom(
      'not_sent' as const,
      'network_failure' as const,
      'unusable' as const,
      'aborted' as const,
    ),
    detail,
  }),
);

export const policy: fc.Arbitrary<OrchestrationPolicy> = fc
  .tuple(fc.constantFrom(...Object.values(DUPLICATE_POLICIES)), fc.boolean(), fc.integer({ min: 0, max: 2 }))
  .map(([duplicates, slack, maxInterruptions]) =>
    orchestrationPolicy({
      duplicates,
      channels: { slack },
      retry: { ...DEFAULT_RETRY_POLICY, maxInterruptions },
    }),
  );

export const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
