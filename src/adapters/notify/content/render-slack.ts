import {
  type Content,
  cleanText,
  clip,
  escapeMrkdwn,
  type Phrase,
  plainPhrase,
  shownActions,
  shownFacts,
  shownItems,
} from './content.js';

/** One block of Slack's Block Kit, as JSON. */
export type SlackBlock = Readonly<Record<string, unknown>> & { readonly type: string };

/** A Slack message. Notifications and screen readers use `text`, which is `mrkdwn`. */
export interface SlackContent {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** Slack refuses a longer header. */
const MAX_HEADER_LENGTH = 150;
/** A channel shows the first findings; the build has them all. */
const MAX_ITEMS = 10;
const MAX_ITEM_LENGTH = 300;

type Element = Readonly<Record<string, unknown>>;

const text = (content: string, style?: Element): Element => ({
  type: 'text',
  text: content,
  ...(style && { style }),
});
const bold = (content: string): Element => text(content, { bold: true });
const section = (elements: readonly Element[]): Element => ({ type: 'rich_text_section', elements });

/** Slack refuses empty text elements. */
const phrase = (parts: Phrase): readonly Element[] =>
  parts
    .map((part) => (typeof part === 'string' ? text(part) : bold(cleanText(part.value))))
    .filter((element) => element.text !== '');

/**
 * Renders content as a Slack message. Values are in rich text, which Slack shows as it is: in `mrkdwn`, a name with asterisks
 * would be bold, and `<!channel>` would notify everyone.
 */
export function renderSlack(content: Content): SlackContent {
  const { items, more } = shownItems(content, { maxItems: MAX_ITEMS, maxLength: MAX_ITEM_LENGTH });
  const lines = (each: readonly (readonly Element[])[]) =>
    each.flatMap((line, index) => (index === 0 ? line : [text('\n'), ...line]));
  const paragraphs = lines(content.paragraphs.map(phrase));
  const facts = lines(shownFacts(content).map(({ name, value }) => [text(`${name}: `), bold(value)]));
  const links = shownActions(content).flatMap(({ label, url }, index) => [
    ...(index === 0 ? [] : [text('  ·  ')]),
    { type: 'link', url, text: label },
  ]);
  const parts = (each: readonly (readonly Element[])[]) =>
    each
      .filter((part) => part.length > 0)
      .flatMap((part, index) => (index === 0 ? part : [text('\n\n'), ...part]));
  // One section before a list and one after it: Slack does not say whether adjacent sections start on a new line.
  const elements =
    items.length === 0
      ? [section(parts([paragraphs, facts, links]))]
      : [
          section(parts([paragraphs, facts, [bold(content.list?.title ?? '')]])),
          {
            type: 'rich_text_list',
            style: 'bullet',
            elements: items.map((item) => section([text(item)])),
          },
          ...(more === 0 && links.length === 0
            ? []
            : [
                section(
                  parts([
                    more === 0
                      ? []
                      : [text(`and ${more} more; see the build for the full list`, { italic: true })],
                    links,
                  ]),
                ),
              ]),
        ];
  return {
    text: escapeMrkdwn(cleanText(content.subject)),
    blocks: [
      {
        type: 'header',
        text: {
          type: 'plain_text',
          text: clip(plainPhrase(content.heading, ['', '']), MAX_HEADER_LENGTH),
          emoji: false,
        },
      },
      { type: 'rich_text', elements },
    ],
  };
}
