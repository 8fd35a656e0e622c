import type { BuildDecision } from '../../../core/build/decision.js';
import { messageRow } from './message-row.js';

/** Decisions as JSON for the commit statement. */
export function decisionRows(decisions: readonly BuildDecision[]): string {
  return JSON.stringify(
    decisions.map((decision, n) => {
      const { guard, project, closeCall, idempotency } = decision;
      const held = typeof guard.binding === 'object' ? guard.binding : null;
      return {
        n,
        id: decision.id,
        tenant_id: decision.tenantId,
        version_id: decision.automationVersionId,
        binding_id: decision.bindingId,
        guard_binding: held ? 'held' : guard.binding,
        guard_fence: held?.fence,
        guard_status: held?.status,
        guard_assignee: guard.assignee ?? undefined,
        version_row: guard.automationVersionRow,
        project_id: guard.project?.id,
        project_row: guard.project?.row,
        quote_id: guard.quote?.id,
        quote_row: guard.quote?.row,
        no_blocker: guard.noOpenBlocker,
        no_sibling: guard.noBuildingSibling,
        version_status: decision.automationVersionStatus,
        project_status: project?.status,
        progress: project?.checklistProgress,
        binding: decision.binding ?? undefined,
        assignee: decision.assignee ?? undefined,
        create_tasks: decision.createTasks,
        set_tasks: decision.setTasks,
        call_id: closeCall?.id,
        call: closeCall ?? undefined,
        answer: idempotency ?? undefined,
        audit: decision.audit ?? undefined,
        messages: decision.messages.map(messageRow),
      };
    }),
  );
}
