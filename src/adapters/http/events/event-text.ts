import type * as z from 'zod';
import type { BuildChange } from '../../../core/views/build-change.js';
import type { buildEvent } from '../schemas/answers.js';

/** The beginning of a stream. Because of its id, a reconnecting browser sends `Last-Event-ID`. */
export const BEGINNING = 'id: 1\nretry: 3000\n\n';

/** Keeps proxies and clients from treating an idle stream as dead. */
export const HEARTBEAT = ': still here\n\n';

/** Tells the client to load everything again. */
export const RELOAD = 'event: reload\ndata: {}\n\n';

/** The event for a build after a change. */
export function changeText(change: BuildChange): string {
  const event: z.input<typeof buildEvent> = {
    binding_id: change.bindingId,
    automation_version_id: change.automationVersionId,
    status: change.status,
    run: change.run,
    error_reason: change.errorReason,
    assignee_id: change.assigneeId,
    changed_at: change.changedAt,
  };
  return `event: build\ndata: ${JSON.stringify(event)}\n\n`;
}
