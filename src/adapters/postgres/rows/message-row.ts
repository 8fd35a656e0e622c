import type { OutgoingMessage } from '../../../core/build/messages.js';
import { isUuid } from './ids.js';

/** A message as JSON for the statements that enqueue. */
export function messageRow(message: OutgoingMessage) {
  return { ...message, bindingId: isUuid(message.body.bindingId) ? message.body.bindingId : null };
}

/** A row of the queue with its body read. */
export function withBody<Row extends { readonly body: unknown }>(row: Row): Row {
  return { ...row, body: JSON.parse(String(row.body)) };
}
