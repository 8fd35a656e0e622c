import type * as z from 'zod';
import { explainToOwner } from '../../../core/views/explain/explain-to-owner.js';
import type { ExplainedBuild } from '../../../operations.js';
import type { build } from '../schemas/answers.js';
import type { requestedBuild } from '../schemas/requested-build.js';

/** A build as the HTTP API returns it. */
export function buildAnswer(record: ExplainedBuild): z.input<typeof build> {
  const { binding, explanation } = record;
  return {
    binding_id: binding.id,
    automation_version_id: record.automationVersionId,
    automation_name: record.automationName,
    automation_version_status: record.automationVersionStatus,
    project_id: record.projectId,
    project_name: record.projectName,
    status: binding.status,
    run: binding.run,
    orchestration: binding.orchestration,
    priority: binding.priority,
    requested_by: binding.requestedBy,
    assignee_id: binding.assigneeId,
    request_id: binding.requestId,
    workflow_id: binding.workflowId,
    workflow_url: binding.workflowUrl,
    workflow_adopted: binding.adoption !== null,
    error_reason: binding.errorReason,
    error_details: record.errorDetails,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    due_in_ms: record.dueInMs,
    held_for_ms: record.heldForMs,
    calls_in_all: record.callsInAll,
    next_calls_cursor: record.nextCallsCursor,
    calls: record.calls.map((call) => ({
      run: call.run,
      number: call.number,
      outcome: call.outcome,
      detail: call.detail,
      findings: [...call.findings],
      findings_in_all: call.findingsInAll,
      workflow_id: call.workflowId,
      workflow_url: call.workflowUrl,
      http_status: call.httpStatus,
      wrk_request_id: call.wrkRequestId,
      started_at: call.startedAt,
      duration_ms: call.durationMs,
    })),
    explanation: {
      state: explanation.state,
      sentence: explanation.sentence,
      next_in_ms: explanation.nextInMs,
      actions: [...explanation.actions],
    },
  };
}

/** A build as those see it who may request it: how it stands, without what is for the ops team. */
export function requestedBuildAnswer(record: ExplainedBuild): z.input<typeof requestedBuild> {
  const { state, sentence, mayRequestAgain, workflowUrl } = explainToOwner(record);
  return {
    automation_version_id: record.automationVersionId,
    automation_name: record.automationName,
    automation_version_status: record.automationVersionStatus,
    project_id: record.projectId,
    project_name: record.projectName,
    state,
    sentence,
    may_request_again: mayRequestAgain,
    workflow_url: workflowUrl,
    updated_at: record.updatedAt,
  };
}
