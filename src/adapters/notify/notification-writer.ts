import type { NotificationTemplate } from '../../core/build/messages.js';
import type { Notification } from '../../ports/notifier.js';
import type { NotificationContent } from './content/render-content.js';
import { type LinkOptions, linksFrom } from './links.js';
import { DEFAULT_TEMPLATES } from './templates/default-templates.js';
import type { NotificationTemplates, TemplateInput } from './templates/template.js';

/** What notifications say. Give the same options to each channel. */
export interface ContentOptions {
  /**
   * Where links lead.
   *
   * @default only links to the workflow in WRK
   */
  readonly links?: LinkOptions;
  /**
   * The name of the host's product, as people know it.
   *
   * @default 'WRK Builds'
   */
  readonly brand?: string;
  /**
   * The host's own templates. Each replaces the default template of that name.
   *
   * @default none
   */
  readonly templates?: Partial<NotificationTemplates>;
}

/**
 * Returns a function that renders a notification. For previews and for your own notifiers.
 *
 * @throws TypeError when the base URL is invalid
 *
 * @example
 * ```ts
 * import { notificationWriter } from 'wrk-builds/notify';
 *
 * const write = notificationWriter({ links: { baseUrl: 'https://app.example.com' }, brand: 'Copilot' });
 * const email: Notifier = {
 *   deliver: async (notification) => {
 *     const { subject, html } = write(notification);
 *     await mailService.send({ to: notification.recipient.address, subject, html });
 *     return { status: 'delivered' };
 *   },
 * };
 * ```
 */
export function notificationWriter(
  options: ContentOptions = {},
): (notification: Notification) => NotificationContent {
  const { brand = 'WRK Builds' } = options;
  const linksOf = linksFrom(options.links);
  const templates: NotificationTemplates = { ...DEFAULT_TEMPLATES, ...options.templates };
  const write = <T extends NotificationTemplate>(template: T, input: TemplateInput<T>): NotificationContent =>
    templates[template](input);
  return ({ message, recipient }) =>
    write(message.template, { message, recipient, links: linksOf(message), brand });
}
