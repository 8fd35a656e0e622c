import type { Notification } from '../../../ports/notifier.js';

/**
 * The body of a webhook, in snake_case. Its texts come from people and from WRK, and may contain anything. Fields may be added;
 * none is removed within a `version`.
 *
 * @example
 * ```ts
 * import { Webhook } from 'standardwebhooks';
 * import type { WebhookBody } from 'wrk-builds/notify';
 *
 * const webhook = new Webhook(process.env.WEBHOOK_SECRET ?? '');
 *
 * export async function POST(request: Request): Promise<Response> {
 *   const headers = Object.fromEntries(request.headers);
 *   try {
 *     const body = webhook.verify(await request.text(), headers) as WebhookBody;
 *     await sendOnce(headers['webhook-id'] ?? '', body);
 *   } catch {
 *     return new Response(null, { status: 401 });
 *   }
 *   return new Response(null, { status: 204 });
 * }
 * ```
 */
export interface WebhookBody {
  /** The version of this format. */
  readonly version: 1;
  /** What is reported: the name of the template, such as `build_complete`. */
  readonly type: Notification['message']['template'];
  /** The key of the delivery, as `notification_deliveries` has it. It is the same for every attempt, as `webhook-id` is. */
  readonly key: string;
  /** The channel whose notifier posted this. */
  readonly channel: Notification['message']['channel'];
  /** Who is meant: `client`, `ops_team`, and so on. */
  readonly audience: Notification['message']['audience'];
  readonly tenant_id: string;
  readonly binding_id: string;
  readonly automation_version_id: string;
  readonly project_id: string | null;
  /** The solutions engineer; `null` while nobody is assigned. */
  readonly assignee_id: string | null;
  readonly automation_name: string;
  readonly project_name: string | null;
  /** The workflow at WRK, once it exists. */
  readonly workflow_url: string | null;
  /** Why the build failed, as a code. */
  readonly error_reason: string | null;
  /** What WRK found, one sentence each. */
  readonly error_details: readonly string[];
  /** The request that caused this, as your logs have it. */
  readonly request_id: string;
  /** Who is to receive it, as `resolveRecipients` returned them. */
  readonly recipient: { readonly id: string; readonly address: string | null };
}

export function webhookBody({ key, recipient, message }: Notification): WebhookBody {
  return {
    version: 1,
    type: message.template,
    key,
    channel: message.channel,
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
