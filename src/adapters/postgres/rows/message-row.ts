import type { OutgoingMessage } from '../../../core/build/messages.js';
import { isUuid } from './ids.js';

/** A message as JSON for the statements that enqueue. */
export function messageRow(message: OutgoingMessage) {
  return { ...message, bindingId: isUuid(message.body.bindingId) ? message.body.bindingId : null };
}
