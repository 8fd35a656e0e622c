import type { NotificationTemplate } from '../../core/build/messages.js';
import { callback, options, text } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import type { Notification } from '../../ports/notifier.js';
import type { NotificationContent } from './content/render-content.js';
import { type LinkOptions, linkSchema, linksFrom } from './links.js';
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

const template = callback('give a function that writes a notification').optional();

/** What the options of every notifier that writes contents have in common. */
export const contentShape = {
  links: linkSchema.optional(),
  brand: text('give the name of your product').optional(),
  templates: options(
    Object.fromEntries(Object.keys(DEFAULT_TEMPLATES).map((name) => [name, template])),
  ).optional(),
};
const contentSchema = options(contentShape);

/**
 * Returns a function that renders a notification. For previews and for your own notifiers.
 *
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * import type { Notifier } from 'wrk-builds';
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
  content: ContentOptions = {},
): (notification: Notification) => NotificationContent {
  readOptions('notificationWriter', contentSchema, content);
  return writerOf(content);
}

/** As `notificationWriter`, with options that were read already. */
export function writerOf(content: ContentOptions): (notification: Notification) => NotificationContent {
  const { brand = 'WRK Builds' } = content;
  const linksOf = linksFrom(content.links);
  const templates: NotificationTemplates = { ...DEFAULT_TEMPLATES, ...content.templates };
  const write = <T extends NotificationTemplate>(template: T, input: TemplateInput<T>): NotificationContent =>
    templates[template](input);
  return ({ message, recipient }) =>
    write(message.template, { message, recipient, links: linksOf(message), brand });
}
