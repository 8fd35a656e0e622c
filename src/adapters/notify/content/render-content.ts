import {
  type Content,
  cleanText,
  clip,
  plainPhrase,
  shownActions,
  shownFacts,
  shownItems,
} from './content.js';
import { renderHtml } from './render-html.js';
import { renderSlack, type SlackContent } from './render-slack.js';

/** A rendered notification, ready to be sent over every channel. */
export interface NotificationContent {
  /** One line. Line breaks and control characters are removed before it is sent. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** @default the plain text */
  readonly slack?: SlackContent;
}

/** Mail clients cut off longer subjects. */
const MAX_SUBJECT_LENGTH = 160;

/**
 * Renders content as text, HTML and a Slack message, with every value escaped. Each is rendered when it is read, so a
 * channel renders only what it sends. Call it at the end of your own templates to make them look like the default ones.
 *
 * @example
 * ```ts
 * import { renderContent, say, smtpNotifier } from 'wrk-builds/notify';
 *
 * const email = smtpNotifier({
 *   transport,
 *   from: 'builds@example.com',
 *   templates: {
 *     build_complete: ({ message, links, brand }) =>
 *       renderContent({
 *         subject: `Fertig: ${message.automationName}`,
 *         tone: 'success',
 *         label: 'Fertig',
 *         heading: say`${message.automationName} ist fertig`,
 *         paragraphs: [say`Wir testen jetzt.`],
 *         facts: [{ name: 'Projekt', value: message.projectName }],
 *         list: null,
 *         actions: [{ label: 'Projekt ansehen', url: links.project }],
 *         footer: 'Sie erhalten diese Mail, weil wir für Sie bauen.',
 *         brand,
 *       }),
 *   },
 * });
 * ```
 */
export function renderContent(content: Content): Required<NotificationContent> {
  return {
    subject: clip(cleanText(content.subject), MAX_SUBJECT_LENGTH),
    get text() {
      return renderText(content);
    },
    get html() {
      return renderHtml(content);
    },
    get slack() {
      return renderSlack(content);
    },
  };
}

/** Renders content as plain text. No value can start a new line. */
function renderText(content: Content): string {
  const { items } = shownItems(content);
  const parts = [
    [plainPhrase(content.heading)],
    ...content.paragraphs.map((paragraph) => [plainPhrase(paragraph)]),
    shownFacts(content).map(({ name, value }) => `${name}: ${value}`),
    items.length === 0 ? [] : [`${content.list?.title ?? ''}:`, ...items.map((item) => `- ${item}`)],
    shownActions(content).map(({ label, url }) => `${label}: ${url}`),
    ['-- ', content.footer, content.brand],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
