import type * as z from 'zod';
import type { BuildChange } from '../../../core/views/build-change.js';
import type { buildEvent } from '../schemas/answers.js';

/** The beginning of a stream. Its id makes a browser that connects again say that it was here before. */
export const BEGINNING = 'id: 1\nretry: 3000\n\n';

/** Keeps proxies and clients from taking a quiet stream for a dead one. */
export const HEARTBEAT = ': still here\n\n';

/** Says that whatever is shown must be loaded again. */
export const RELOAD = 'event: reload\ndata: {}\n\n';

/** Says how a build stands after a change. */
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
