import type { Tables } from '../mapping/tables.js';
import { auditRecord, insertAudit, insertMessages, messageRecords } from './insert-rows.js';

/**
 * The writes. All of them read from `accepted`, so nothing is written for a decision that failed any check.
 *
 * `updated_at` of a binding is the time of the write, not the start of the transaction: the host's transaction may have been
 * open for a long time, and polling for changes looks back only a limited time.
 */
export const writes = (tables: Tables): string => {
  const { write } = tables;
  return `
set_project as (
  ${write.updateProject({ status: 'accepted.project_status', progress: 'accepted.progress' })}
    from accepted where ${write.keys.project.id} = accepted.project_id and ${write.keys.project.tenantId} = accepted.tenant_id and accepted.progress is not null
), set_version as (
  ${write.updateVersion('accepted.version_status')}
    from accepted where ${write.keys.version.id} = accepted.version_id and ${write.keys.version.tenantId} = accepted.tenant_id and accepted.version_status is not null
), state as (
  select accepted.binding_id, accepted.tenant_id, accepted.version_id, accepted.project_id, accepted.guard_binding, accepted.id as decision_id, accepted.assignee,
         s.*, now() + coalesce(s."runInMs", 0) * interval '1 millisecond' as run_at
    from accepted, jsonb_to_record(accepted.binding) as s (
      status text, run int, fence int, priority int, "runInMs" int, "requestId" text, "requestedBy" ${tables.idType},
      orchestration text, "keyGeneration" int, "duplicateRiskRun" int,
      "cameFromVersionStatus" text, "cameFromProjectStatus" text, "errorReason" text, "errorDetails" jsonb,
      "workflowId" text, "workflowUrl" text)
   where accepted.binding is not null
), add_binding as (
  insert into ${tables.bindings} (
    id, tenant_id, automation_version_id, project_id, status, run, fence, priority, run_at, decision_id, request_id, requested_by, assignee_id,
    orchestration, key_generation, duplicate_risk_run, came_from_version_status, came_from_project_status, error_reason, error_details, wrk_workflow_id, wrk_workflow_url, updated_at)
  select binding_id, tenant_id, version_id, project_id, status, run, fence, priority, run_at, decision_id, "requestId", "requestedBy", (assignee->>'id')::${tables.idType},
         orchestration, "keyGeneration", "duplicateRiskRun", "cameFromVersionStatus", "cameFromProjectStatus", "errorReason", "errorDetails", "workflowId", "workflowUrl", clock_timestamp()
    from state where guard_binding = 'absent'
), set_binding as (
  update ${tables.bindings} b
     set project_id = coalesce(s.project_id, b.project_id), status = s.status, run = s.run, fence = s.fence, priority = s.priority, run_at = s.run_at, lease_until = null, decision_id = s.decision_id,
         request_id = s."requestId", requested_by = s."requestedBy", assignee_id = case when s.assignee is null then b.assignee_id else (s.assignee->>'id')::${tables.idType} end,
         orchestration = s.orchestration, key_generation = s."keyGeneration", duplicate_risk_run = s."duplicateRiskRun",
         came_from_version_status = s."cameFromVersionStatus", came_from_project_status = s."cameFromProjectStatus",
         error_reason = s."errorReason", error_details = s."errorDetails",
         wrk_workflow_id = s."workflowId", wrk_workflow_url = s."workflowUrl", updated_at = clock_timestamp()
    from state s where b.id = s.binding_id and b.tenant_id = s.tenant_id and s.guard_binding = 'held'
), assign as (
  update ${tables.bindings} b set assignee_id = (accepted.assignee->>'id')::${tables.idType}, updated_at = clock_timestamp()
    from accepted
   where accepted.binding is null and accepted.assignee is not null and b.id = accepted.binding_id and b.tenant_id = accepted.tenant_id
), add_tasks as (
  ${write.insertTask(NEW_TASK)}
    from accepted, jsonb_to_recordset(accepted.create_tasks) as t (slug text, title text, category text, status text)
   where not exists (select from ${tables.tasks} x where x.project_id = accepted.project_id
           and x.tenant_id = accepted.tenant_id and x.kind = 'build_checklist' and x.template_slug = t.slug)
  on conflict do nothing
), set_tasks as (
  ${write.updateTask('task_change.status')}
    from task_change join accepted on accepted.n = task_change.n
   where ${write.keys.task.id} = task_change.id and ${write.keys.task.tenantId} = task_change.tenant_id
), close_call as (
  update ${tables.calls} c
     set outcome = accepted.call->>'outcome', detail = accepted.call->>'detail',
         wrk_workflow_id = accepted.call->>'workflowId', wrk_workflow_url = accepted.call->>'workflowUrl',
         http_status = (accepted.call->>'httpStatus')::int, wrk_request_id = accepted.call->>'wrkRequestId',
         duration_ms = (accepted.call->>'durationMs')::int, findings = nullif(accepted.call->'findings', '[]'),
         decision_id = accepted.id, closed_at = now()
    from accepted
   where c.id = accepted.call_id and c.tenant_id = accepted.tenant_id and c.closed_at is null
), add_audit as (
  ${insertAudit(tables, `select x.* from accepted, ${auditRecord(tables, 'accepted.audit')} where accepted.audit is not null`)}
), add_messages as (
  ${insertMessages(tables, `select x.* from accepted, ${messageRecords(tables, 'accepted.messages')}`)}
)`;
};

/**
 * An existing task is not added again. The host may have no unique index that prevents it, but whoever adds tasks also
 * writes the project, and a project written since the facts were read makes the decision stale.
 */
const NEW_TASK = {
  tenantId: 'accepted.tenant_id',
  projectId: 'accepted.project_id',
  kind: "'build_checklist'",
  slug: 't.slug',
  category: 't.category',
  title: 't.title',
  status: 't.status',
};
