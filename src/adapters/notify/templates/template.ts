import type { NotificationMessage, NotificationTemplate } from '../../../core/build/messages.js';
import type { Recipient } from '../../../ports/notifier.js';
import type { NotificationContent } from '../content/render-content.js';

/** The input of a template. */
export interface TemplateInput<T extends NotificationTemplate = NotificationTemplate> {
  /** As the core planned it. Its texts come from people and from WRK, and may contain anything. */
  readonly message: NotificationMessage & { readonly template: T };
  readonly recipient: Recipient;
  readonly links: NotificationLinks;
  /** The name of the host's product, from the option `brand`. */
  readonly brand: string;
}

/** Writes one notification. It must return the same content for the same input: a retry sends the same mail. */
export type Template<T extends NotificationTemplate> = (input: TemplateInput<T>) => NotificationContent;

/** One template for each kind of notification. */
export type NotificationTemplates = { readonly [T in NotificationTemplate]: Template<T> };

/** The templates of an adoption that ended. */
export type AdoptionTemplate = 'adoption_superseded' | 'adoption_undone' | 'build_reopened';

/** The URLs of one notification. `null`: there is none, or it is not a safe http or https URL. */
export interface NotificationLinks {
  readonly project: string | null;
  readonly build: string | null;
  /** The workflow in WRK. */
  readonly workflow: string | null;
}
