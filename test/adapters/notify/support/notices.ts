import type { NotificationMessage, NotificationTemplate } from '../../../../src/core/build/messages.js';
import type { Notification } from '../../../../src/ports/notifier.js';
import { notificationMessage } from '../../../../src/testing/builders.js';

export const TEMPLATES: readonly NotificationTemplate[] = [
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
];

/** A notification to one person; `key` tells it from others. */
export function notice(fields: Partial<NotificationMessage> = {}, key = 'a key'): Notification {
  return {
    key,
    recipient: { id: 'ada', address: 'ada@example.com' },
    message: notificationMessage(fields),
  };
}
