import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';

/** The library's two queues. The strings are stored and seen by operators: they never change. */
export const BUILD_REQUESTS = 'build-requests';
export const NOTIFICATIONS = 'notifications';
export type QueueName = typeof BUILD_REQUESTS | typeof NOTIFICATIONS;

/** Version of the message bodies that this code writes and reads. */
export const MESSAGE_VERSION = 1;

const id = z.string().min(1).max(200);

const buildRequestSchema = z.strictObject({
  v: z.literal(MESSAGE_VERSION),
  kind: z.literal('build_request'),
  tenantId: id,
  bindingId: id,
  requestId: id,
});

const notificationSchema = z.strictObject({
  v: z.literal(MESSAGE_VERSION),
  kind: z.literal('notification'),
  tenantId: id,
  bindingId: id,
  automationVersionId: id,
  projectId: id.nullable(),
  fence: z.int(),
  channel: z.enum(['email', 'in_app', 'slack']),
  template: z.enum([
    'build_started',
    'build_assigned',
    'build_complete',
    'qa_ready',
    'build_reopened',
    'build_failed',
    'workflow_unbound',
    'adoption_superseded',
    'adoption_undone',
    'wrk_unavailable',
    'wrk_available',
  ]),
  audience: z.enum(['client', 'solutions_engineer', 'project_owner', 'ops_team', 'ops_channel']),
  assigneeId: id.nullable(),
  automationName: z.string(),
  projectName: z.string().nullable(),
  workflowUrl: z.string().nullable(),
  errorReason: z.string().nullable(),
  errorDetails: z.array(z.string()),
  requestId: id,
  occasion: id.nullable(),
});

/** Wakes a worker for one build. It carries ids only: the binding is the truth. */
export type BuildRequestMessage = z.infer<typeof buildRequestSchema>;

/** One event for one audience on one channel, planned in the transaction of the event. */
export type NotificationMessage = z.infer<typeof notificationSchema>;
export type NotificationChannel = NotificationMessage['channel'];
export type NotificationTemplate = NotificationMessage['template'];
export type NotificationAudience = NotificationMessage['audience'];

/** A message to be added to a queue, in the transaction of the change that it reports. */
export interface OutgoingMessage {
  readonly queue: QueueName;
  /** While a message with this key waits in the queue, another is not added; the earlier of the two times counts. */
  readonly key: string;
  readonly tenantId: string;
  readonly body: BuildRequestMessage | NotificationMessage;
  /** Milliseconds until it may be handed out, on the queue's clock. */
  readonly delayMs: number;
  /** Whole number; higher goes first among the due messages of its tenant. Default 0. */
  readonly priority?: number;
}

/** Why a message body was not read. `newer_version` is postponed for a newer worker; `malformed` is poison. */
export type MessageProblem =
  | { readonly code: 'newer_version' }
  | { readonly code: 'malformed'; readonly message: string };

const newerSchema = z.object({ v: z.int().gt(MESSAGE_VERSION) });

function reader<T>(schema: z.ZodType<T>) {
  return (body: unknown): Result<T, MessageProblem> => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return ok(parsed.data);
    if (newerSchema.safeParse(body).success) return err({ code: 'newer_version' });
    const paths = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.code}`);
    return err({
      code: 'malformed',
      message: `not a message of version ${MESSAGE_VERSION}: ${paths.join(', ')}`,
    });
  };
}

/** Reads the body of a `build-requests` message. Names of fields go into the problem, their contents never. */
export const readBuildRequest = reader<BuildRequestMessage>(buildRequestSchema);

/** Reads the body of a `notifications` message. Names of fields go into the problem, their contents never. */
export const readNotification = reader<NotificationMessage>(notificationSchema);

/** Passes on what speaks for the tenant that its row belongs to; what speaks for another is never acted on. */
export function checkTenant<Body extends { readonly tenantId: string }>(
  body: Body,
  tenantId: string,
): Result<Body, MessageProblem> {
  return body.tenantId === tenantId
    ? ok(body)
    : err({ code: 'malformed', message: 'names a different tenant than the message itself' });
}

/** The wake-up call for a build. Keyed by the binding, so that a build never has two waiting. */
export function buildRequestMessage(
  build: { tenantId: string; bindingId: string; requestId: string; priority: number },
  delayMs: number,
): OutgoingMessage {
  const { tenantId, bindingId, requestId, priority } = build;
  return {
    queue: BUILD_REQUESTS,
    key: bindingId,
    tenantId,
    body: { v: MESSAGE_VERSION, kind: 'build_request', tenantId, bindingId, requestId },
    delayMs,
    priority,
  };
}
