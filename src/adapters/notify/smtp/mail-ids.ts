import { createHash } from 'node:crypto';
import type { NotificationMessage } from '../../../core/build/messages.js';

/** The headers by which mail programs tell mails apart and put them together. */
export interface MailIds {
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references?: string;
}

/**
 * The same delivery always has the same `Message-ID`, so that whoever files a mail twice can tell. Mails about one build to
 * one person answer to the same first mail, which never was, so that they stand together. What is about WRK is of no build.
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

/** Hashed, so that no id of the host's leaves the house, and nothing in one breaks a header. */
function idOf(parts: readonly string[], domain: string): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
  return `<${hash}@${domain}>`;
}
