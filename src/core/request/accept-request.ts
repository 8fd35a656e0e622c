import type { ChecklistItem } from '../blueprint/checklist.js';
import type { BindingState } from '../build/decision.js';
import type { CandidateFacts, RequestAnswer } from '../build/facts.js';
import { buildRequestMessage } from '../build/messages.js';
import { BUILD_IN_PROGRESS } from '../build/statuses.js';
import { notificationMessages } from '../notifications/notification-plan.js';
import type { Groundwork } from './prerequisites.js';
import type { RequestBuildCommand, RequestBuildOutcome, RequestBuildPolicy } from './request-build.js';

/** The change that an accepted request makes: flow 21, row for row. */
export function acceptRequest(
  facts: CandidateFacts,
  { project, quote, checklist, systems }: Groundwork,
  command: RequestBuildCommand,
  policy: RequestBuildPolicy,
): Extract<RequestBuildOutcome, { kind: 'accepted' }> {
  const { automationVersion, binding } = facts;
  const { tenantId, requestId } = command;
  const bindingId = binding?.id ?? command.newBindingId;
  const run = (binding?.run ?? 0) + 1;
  const next: BindingState = {
    status: 'pending',
    run,
    fence: (binding?.fence ?? 0) + 1,
    priority: command.priority,
    runInMs: null,
    followUpInMs: null,
    requestId,
    requestedBy: command.userId,
    orchestration:
      typeof policy.orchestration === 'string'
        ? policy.orchestration
        : policy.orchestration({
            tenantId,
            automationVersionId: automationVersion.id,
            automationName: automationVersion.automationName,
            projectId: project.id,
            projectName: project.name,
            systems,
          }),
    keyGeneration: binding?.keyGeneration ?? 0,
    duplicateRiskRun: binding?.duplicateRiskRun === run ? run : null,
    cameFromVersionStatus: automationVersion.status,
    cameFromProjectStatus: project.status,
    errorReason: null,
    errorDetails: null,
    workflowId: null,
    workflowUrl: null,
    adoption: null,
  };
  const assigneeId = command.assigneeId ?? binding?.assigneeId ?? null;
  const answer: RequestAnswer = {
    bindingId,
    automationVersionId: automationVersion.id,
    projectId: project.id,
    run: next.run,
  };
  const { createTasks, setTasks } = planTasks(facts, checklist);
  const context = {
    tenantId,
    bindingId,
    automationVersionId: automationVersion.id,
    projectId: project.id,
    fence: next.fence,
    assigneeId,
    automationName: automationVersion.automationName,
    projectName: project.name,
    workflowUrl: null,
    errorReason: null,
    errorDetails: [],
    requestId,
  };
  return {
    kind: 'accepted',
    answer,
    decision: {
      id: command.decisionId,
      tenantId,
      automationVersionId: automationVersion.id,
      bindingId,
      guard: {
        binding: binding ? { fence: binding.fence, status: binding.status } : 'absent',
        assignee: null,
        automationVersionRow: automationVersion.rowVersion,
        project: { id: project.id, row: project.rowVersion },
        quote: { id: quote.id, row: quote.rowVersion },
        noOpenBlocker: true,
        noBuildingSibling: true,
      },
      automationVersionStatus: BUILD_IN_PROGRESS,
      project: { status: BUILD_IN_PROGRESS, checklistProgress: 0 },
      binding: next,
      assignee: { id: assigneeId },
      createTasks,
      setTasks,
      closeCall: null,
      audit: {
        tenantId,
        userId: command.userId,
        actionType: 'request_build',
        resourceType: 'automation_version',
        resourceId: automationVersion.id,
        metadata: {
          trigger: command.trigger,
          binding_id: bindingId,
          run: next.run,
          request_id: requestId,
          from_version_status: automationVersion.status,
          from_project_status: project.status,
          checked: { quote_id: quote.id, blueprint: 'complete', open_blockers: 0 },
        },
      },
      messages: [
        // People carry a manual one out: nothing may wake a worker for it.
        ...(next.orchestration === 'manual'
          ? []
          : [buildRequestMessage({ tenantId, bindingId, requestId, priority: next.priority }, 0)]),
        ...notificationMessages('started', context, policy.channels),
      ],
      idempotency: command.idempotency && { ...command.idempotency, answer },
    },
  };
}

/** Creates what is missing and sets every checklist task back, so that progress starts from 0 by the flow's own sum. */
function planTasks({ checklist }: CandidateFacts, items: readonly ChecklistItem[]) {
  const there = new Set(checklist.map((task) => task.slug));
  const createTasks = items
    .filter((item) => !there.has(item.slug))
    .map((item) => ({ ...item, status: 'pending' as const }));
  const setTasks = checklist
    .filter((task) => task.status !== 'pending')
    .map((task) => ({ taskId: task.id, status: 'pending' as const }));
  return { createTasks, setTasks };
}
