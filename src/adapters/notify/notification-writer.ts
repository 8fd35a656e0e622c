import * as z from 'zod';
import type { NotificationMessage, NotificationTemplate } from '../../core/build/messages.js';
import { callback, options, text } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import { readWorkflowUrl } from '../../core/input/workflow-text.js';
import type { Notification } from '../../ports/notifier.js';
import type { NotificationContent } from './content/render-content.js';
import { ADOPTION_TEMPLATES } from './templates/adoption-templates.js';
import { DEFAULT_TEMPLATES } from './templates/default-templates.js';
import type { NotificationLinks, NotificationTemplates, TemplateInput } from './templates/template.js';

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

/** Where the links in notifications lead. Only http and https URLs are shown as links. */
export interface LinkOptions {
  /**
   * The base URL of the host's application. Links are `…/projects/{projectId}` and `…/builds/{bindingId}` below it.
   *
   * @default no links but those that `project` and `build` make
   */
  readonly baseUrl?: string;
  /**
   * Returns the URL of a project's page, or `null` if there is none.
   *
   * @default the page below `baseUrl`
   */
  readonly project?: (message: NotificationMessage) => string | null;
  /**
   * Returns the URL of a build's page, or `null` if there is none.
   *
   * @default the page below `baseUrl`
   */
  readonly build?: (message: NotificationMessage) => string | null;
}

const BASE_URL_WANTED =
  "give an absolute http or https URL without credentials, query or fragment, such as 'https://app.example.com'";

const linkSchema = options({
  baseUrl: z
    .string({ error: BASE_URL_WANTED })
    .refine((url) => readWorkflowUrl(url) !== null && !/[?#]/.test(url), { error: BASE_URL_WANTED })
    .optional(),
  project: callback().optional(),
  build: callback().optional(),
});

const template = callback('give a function that writes a notification').optional();

const TEMPLATES: NotificationTemplates = { ...DEFAULT_TEMPLATES, ...ADOPTION_TEMPLATES };

/** What the options of every notifier that writes contents have in common. */
export const contentShape = {
  links: linkSchema.optional(),
  brand: text('give the name of your product').optional(),
  templates: options(Object.fromEntries(Object.keys(TEMPLATES).map((name) => [name, template]))).optional(),
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
  const templates: NotificationTemplates = { ...TEMPLATES, ...content.templates };
  const write = <T extends NotificationTemplate>(template: T, input: TemplateInput<T>): NotificationContent =>
    templates[template](input);
  return ({ message, recipient }) =>
    write(message.template, { message, recipient, links: linksOf(message), brand });
}

/** Returns a function that makes the links of a message. */
function linksFrom({
  baseUrl,
  project,
  build,
}: LinkOptions = {}): (message: NotificationMessage) => NotificationLinks {
  const base = baseUrl?.replace(/\/+$/, '');
  const below = (folder: string, id: string | null) =>
    base === undefined || id === null ? null : `${base}/${folder}/${encodeURIComponent(id)}`;
  return (message) => ({
    project: checked(project ? project(message) : below('projects', message.projectId)),
    build: checked(build ? build(message) : below('builds', message.bindingId)),
    workflow: checked(message.workflowUrl),
  });
}

function checked(url: string | null): string | null {
  return url === null ? null : (readWorkflowUrl(url)?.href ?? null);
}
