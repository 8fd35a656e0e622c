import { createHash } from 'node:crypto';
import type { NotificationMessage } from '../../../core/build/messages.js';

/** The headers that mail clients use to recognize duplicates and to group mails into threads. */
export interface MailIds {
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references?: string;
}

/**
 * The same delivery always has the same `Message-ID`, so a duplicate can be recognized. All mails about one build to one
 * person reply to the same first mail, which never existed, so that clients show them as one thread. Mails about WRK
 * itself belong to no build and to no thread.
 */
export function mailIds(
  key: string,
  recipientId: string,
  { tenantId, bindingId, template }: NotificationMessage,
  domain: string,
): MailIds {
  const messageId = idOf(['delivery', key], domain);
  if (template === 'wrk_unavailable' || template === 'wrk_available') return { messageId };
  const thread = idOf(['build', tenantId, bindingId, recipientId], domain);
  return { messageId, inReplyTo: thread, references: thread };
}

/** Hashed, so that the host's ids are not exposed and no id can break a header. */
function idOf(parts: readonly string[], domain: string): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
  return `<${hash}@${domain}>`;
}
