import type { NotificationMessage, NotificationTemplate } from '../../../core/build/messages.js';
import type { Recipient } from '../../../ports/notifier.js';
import type { NotificationContent } from '../content/render-content.js';
import type { NotificationLinks } from '../links.js';

/** What a template is written from. */
export interface TemplateInput<T extends NotificationTemplate = NotificationTemplate> {
  /** As the core planned it: its texts come from people and from WRK, and may hold anything. */
  readonly message: NotificationMessage & { readonly template: T };
  readonly recipient: Recipient;
  readonly links: NotificationLinks;
  /** The name of the host's product, as it was given. */
  readonly brand: string;
}

/** Writes one notification. It must give the same for the same input: a retry sends the same mail. */
export type Template<T extends NotificationTemplate> = (input: TemplateInput<T>) => NotificationContent;

/** A template for each kind of notification. */
export type NotificationTemplates = { readonly [T in NotificationTemplate]: Template<T> };
