import type { BuildDecision } from '../core/build/decision.js';
import type { BuildFacts, CandidateFacts, ClaimedBuild } from '../core/build/facts.js';
import { buildRequestMessage } from '../core/build/messages.js';
import { nextBinding, unchanged, unguarded } from '../core/orchestration/change-build.js';
import { notificationMessage, stableId } from './builders.js';

/** What tells one decision from another that was made on the same facts. */
interface DecisionOptions {
  /** Part of the ids of decision and, where it makes one, binding; `'first'` by default. */
  readonly label?: string;
}

/** What a call leaves in the ledger besides its outcome. */
const CALL = { findings: [], httpStatus: 201, wrkRequestId: 'request at WRK', durationMs: 321 };

const NO_WORKFLOW = { workflowId: null, workflowUrl: null };

/** A request that was accepted on these facts: everything that a decision can hold, except a call to close. */
export function acceptedDecision(
  facts: CandidateFacts,
  options: DecisionOptions & {
    readonly tenantId: string;
    readonly idempotencyKey?: string;
    /** 3 by default: not what an adapter would find in a column that it forgot. */
    readonly priority?: number;
  },
): BuildDecision {
  const { automationVersion, binding } = facts;
  const { tenantId, label = 'first', idempotencyKey, priority = 3 } = options;
  const project = facts.projects[0] ?? null;
  const quote = facts.quotes[0] ?? null;
  const bindingId = binding?.id ?? stableId('binding', automationVersion.id, label);
  const requestId = `request-${label}`;
  const run = (binding?.run ?? 0) + 1;
  const fence = (binding?.fence ?? 0) + 1;
  const slugs = new Set(facts.checklist.map((task) => task.slug));
  const items = [
    {
      slug: 'create-workflow',
      title: 'Create the workflow',
      category: 'integration',
      status: 'pending' as const,
    },
    { slug: 'hand-over-to-qa', title: 'Hand over to QA', category: 'manual', status: 'pending' as const },
  ];
  return {
    id: stableId('accepted', automationVersion.id, fence, label),
    tenantId,
    automationVersionId: automationVersion.id,
    bindingId,
    guard: {
      binding: binding ? { fence: binding.fence, status: binding.status } : 'absent',
      assignee: null,
      automationVersionRow: automationVersion.rowVersion,
      project: project && { id: project.id, row: project.rowVersion },
      quote: quote && { id: quote.id, row: quote.rowVersion },
      noOpenBlocker: true,
      noBuildingSibling: true,
    },
    automationVersionStatus: 'Build in Progress',
    project: project && { status: 'Build in Progress', checklistProgress: 0 },
    binding: {
      status: 'pending',
      run,
      fence,
      priority,
      runInMs: null,
      followUpInMs: null,
      requestId,
      requestedBy: stableId('user', label),
      orchestration: 'automatic',
      keyGeneration: 0,
      duplicateRiskRun: null,
      cameFromVersionStatus: automationVersion.status,
      cameFromProjectStatus: project?.status ?? '',
      errorReason: null,
      errorDetails: null,
      ...NO_WORKFLOW,
      adoption: null,
    },
    assignee: { id: stableId('engineer', label) },
    createTasks: items.filter((item) => !slugs.has(item.slug)),
    setTasks: facts.checklist
      .filter((task) => task.status !== 'pending')
      .map((task) => ({ taskId: task.id, status: 'pending' })),
    closeCall: null,
    audit: {
      tenantId,
      userId: stableId('user', label),
      actionType: 'request_build',
      resourceType: 'automation_version',
      resourceId: automationVersion.id,
      metadata: { binding_id: bindingId, run, request_id: requestId },
    },
    messages: [
      buildRequestMessage({ tenantId, bindingId, requestId, priority }, 0),
      notificationOf(
        { tenantId, automationVersionId: automationVersion.id },
        bindingId,
        fence,
        'build_started',
      ),
    ],
    idempotency:
      idempotencyKey === undefined
        ? null
        : {
            operation: 'request_build',
            key: idempotencyKey,
            bodyHash: `hash of ${label}`,
            answer: {
              bindingId,
              automationVersionId: automationVersion.id,
              projectId: project?.id ?? '',
              run,
            },
          },
  };
}

/** WRK holds the workflow: the binding is `active`, version and project are in QA, integration tasks complete. */
export function completedDecision(
  build: ClaimedBuild,
  options: DecisionOptions & { readonly workflowId?: string } = {},
): BuildDecision {
  const workflowId = options.workflowId ?? `wf-${build.binding.id}`;
  const workflow = { workflowId, workflowUrl: `https://wrk.example/workflows/${workflowId}` };
  const integration = build.checklist.filter((task) => task.category === 'integration');
  return {
    ...transition(build, 'completed', options),
    automationVersionStatus: build.automationVersion && 'QA & Testing',
    project: build.project && { status: 'QA & Testing', checklistProgress: 50 },
    binding: nextBinding(build.binding, { status: 'active', errorReason: null, ...workflow }),
    setTasks: integration.map((task) => ({ taskId: task.id, status: 'complete' })),
    closeCall: {
      id: build.call.id,
      outcome: 'created',
      detail: 'WRK has the workflow',
      ...CALL,
      ...workflow,
    },
    audit: workerAudit(build, 'build_complete', { workflow_id: workflowId }),
    messages: [notificationOf(build, build.binding.id, build.binding.fence, 'build_complete')],
  };
}

/** The run is over without a workflow: the binding says why, version and project stay where they are. */
export function failedDecision(build: ClaimedBuild, options: DecisionOptions = {}): BuildDecision {
  return {
    ...transition(build, 'failed', options),
    binding: nextBinding(build.binding, {
      status: 'error',
      errorReason: 'blueprint_rejected',
      errorDetails: { detail: 'WRK refused it', findings: ['nodes[3]: “unknown” type'], calls: 1 },
    }),
    closeCall: {
      id: build.call.id,
      outcome: 'rejected',
      detail: 'WRK refused it',
      ...CALL,
      findings: ['nodes[3]: “unknown” type'],
      httpStatus: 422,
      ...NO_WORKFLOW,
    },
    audit: workerAudit(build, 'build_failed', { error_reason: 'blueprint_rejected' }),
    messages: [notificationOf(build, build.binding.id, build.binding.fence, 'build_failed')],
  };
}

/** The call led to nothing and comes again, `runInMs` from now; at once by default. */
export function deferredDecision(
  build: ClaimedBuild,
  options: DecisionOptions & { readonly runInMs?: number } = {},
): BuildDecision {
  const { runInMs = null } = options;
  const { tenantId, binding } = build;
  const { requestId, priority } = binding;
  return {
    ...transition(build, 'deferred', options),
    binding: nextBinding(binding, { status: binding.status, runInMs }),
    closeCall: {
      id: build.call.id,
      outcome: 'refused',
      detail: 'WRK asked for patience',
      ...CALL,
      httpStatus: 429,
      ...NO_WORKFLOW,
    },
    messages: [buildRequestMessage({ tenantId, bindingId: binding.id, requestId, priority }, runInMs ?? 0)],
  };
}

/** A person asks for another run of a build that ended as an error. */
export function retriedDecision(build: BuildFacts, options: DecisionOptions = {}): BuildDecision {
  const { run, fence } = build.binding;
  return {
    ...transition(build, 'retried', options),
    binding: nextBinding(build.binding, {
      status: 'pending',
      run: run + 1,
      fence: fence + 1,
      errorReason: null,
    }),
  };
}

/** An answer that came after somebody else took the build: it closes its own call and touches nothing else. */
export function lateAnswerDecision(build: ClaimedBuild, options: DecisionOptions = {}): BuildDecision {
  return {
    ...unguarded(build, decisionId(build, 'late', options)),
    closeCall: {
      id: build.call.id,
      outcome: 'created',
      detail: 'came late',
      ...CALL,
      workflowId: `late-${build.call.id}`,
      workflowUrl: `https://wrk.example/workflows/late-${build.call.id}`,
    },
  };
}

/** A decision that only writes the project, as every transition does: that is the lock. */
function transition(build: BuildFacts, kind: string, options: DecisionOptions): BuildDecision {
  return {
    ...unchanged(build, decisionId(build, kind, options)),
    project: build.project && { status: null, checklistProgress: 0 },
  };
}

function decisionId({ binding }: BuildFacts, kind: string, { label = 'first' }: DecisionOptions): string {
  return stableId(kind, binding.id, binding.fence, label);
}

function workerAudit(
  build: BuildFacts,
  actionType: 'build_complete' | 'build_failed',
  metadata: Record<string, unknown>,
): BuildDecision['audit'] {
  const { tenantId, automationVersionId } = build;
  return {
    tenantId,
    userId: null,
    actionType,
    resourceType: 'automation_version',
    resourceId: automationVersionId,
    metadata,
  };
}

function notificationOf(
  of: { readonly tenantId: string; readonly automationVersionId: string },
  bindingId: string,
  fence: number,
  template: 'build_started' | 'build_complete' | 'build_failed',
): BuildDecision['messages'][number] {
  const { tenantId, automationVersionId } = of;
  return {
    queue: 'notifications',
    key: [bindingId, fence, template].join(':'),
    tenantId,
    body: notificationMessage({ tenantId, automationVersionId, bindingId, fence, template }),
    delayMs: 0,
  };
}
