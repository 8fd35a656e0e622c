import type { OutgoingMessage } from '../../core/messages.js';

/** A message as the JSON that the enqueueing statements read. */
export function messageRow(message: OutgoingMessage) {
  return { ...message, bindingId: isUuid(message.body.bindingId) ? message.body.bindingId : null };
}

/** Whether Postgres would read the text as a uuid. Asked before a statement, since one bad id would fail its whole set. */
export function isUuid(text: unknown): text is string {
  return (
    typeof text === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
  );
}
