import * as z from 'zod';
import type { Notification } from '../../../ports/notifier.js';

/** The posted body, in snake_case. Fields may be added; none is removed within a `version`. */
export const webhookBodySchema = z.object({
  version: z.literal(1),
  /** The same delivery always has the same key. */
  key: z.string(),
  channel: z.string(),
  template: z.string(),
  audience: z.string(),
  tenant_id: z.string(),
  binding_id: z.string(),
  automation_version_id: z.string(),
  project_id: z.string().nullable(),
  assignee_id: z.string().nullable(),
  automation_name: z.string(),
  project_name: z.string().nullable(),
  workflow_url: z.string().nullable(),
  error_reason: z.string().nullable(),
  error_details: z.array(z.string()),
  request_id: z.string(),
  recipient: z.object({ id: z.string(), address: z.string().nullable() }),
});

/** A notification as the host's own service receives it. Its texts come from people and from WRK, and may contain anything. */
export type WebhookBody = z.infer<typeof webhookBodySchema>;

export function webhookBody({ key, recipient, message }: Notification): WebhookBody {
  return {
    version: 1,
    key,
    channel: message.channel,
    template: message.template,
    audience: message.audience,
    tenant_id: message.tenantId,
    binding_id: message.bindingId,
    automation_version_id: message.automationVersionId,
    project_id: message.projectId,
    assignee_id: message.assigneeId,
    automation_name: message.automationName,
    project_name: message.projectName,
    workflow_url: message.workflowUrl,
    error_reason: message.errorReason,
    error_details: message.errorDetails,
    request_id: message.requestId,
    recipient: { id: recipient.id, address: recipient.address ?? null },
  };
}
