import { cleanText, clip } from '../text/clean-text.js';
import { escapeMrkdwn } from '../text/escape.js';
import { type Letter, type Phrase, plainPhrase, shownActions, shownFacts, shownItems } from './letter.js';

/** One block of Slack's Block Kit, as JSON. */
export type SlackBlock = Readonly<Record<string, unknown>> & { readonly type: string };

/** What is posted to Slack. `text` is what notifications and screen readers have of it, in `mrkdwn`. */
export interface SlackContent {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** Slack refuses a longer header. */
const LONGEST_HEADER = 150;
/** A channel is no place for a thousand findings: the build has them all. */
const MOST_ITEMS = 10;
const LONGEST_ITEM = 300;

type Element = Readonly<Record<string, unknown>>;

const text = (content: string, style?: Element): Element => ({
  type: 'text',
  text: content,
  ...(style && { style }),
});
const bold = (content: string): Element => text(content, { bold: true });
const section = (elements: readonly Element[]): Element => ({ type: 'rich_text_section', elements });

/** Slack takes no empty text. */
const phrase = (parts: Phrase): readonly Element[] =>
  parts
    .map((part) => (typeof part === 'string' ? text(part) : bold(cleanText(part.value))))
    .filter((element) => element.text !== '');

/**
 * A letter as a Slack message. Values stand in rich text, which Slack shows as it is: in `mrkdwn` a name with stars in it
 * would be bold, and one with `<!channel>` would call everybody.
 */
export function renderSlack(letter: Letter): SlackContent {
  const { items, more } = shownItems(letter, { most: MOST_ITEMS, longest: LONGEST_ITEM });
  const listed =
    items.length === 0
      ? []
      : [
          section([bold(`\n${letter.list?.title ?? ''}`)]),
          {
            type: 'rich_text_list',
            style: 'bullet',
            elements: items.map((item) => section([text(item)])),
          },
          ...(more === 0 ? [] : [section([text(`and ${more} more, which the build has`, { italic: true })])]),
        ];
  const elements = [
    ...letter.paragraphs.map((paragraph, index) =>
      section([...phrase(paragraph), ...(index === letter.paragraphs.length - 1 ? [] : [text('\n')])]),
    ),
    ...shownFacts(letter).map(({ name, value }, index) =>
      section([text(`${index === 0 ? '\n\n' : '\n'}${name}: `), bold(value)]),
    ),
    ...listed,
    ...actionsElements(letter),
  ];
  return {
    text: escapeMrkdwn(cleanText(letter.subject)),
    blocks: [
      {
        type: 'header',
        text: {
          type: 'plain_text',
          text: clip(plainPhrase(letter.heading, ['', '']), LONGEST_HEADER),
          emoji: false,
        },
      },
      { type: 'rich_text', elements },
    ],
  };
}

function actionsElements(letter: Letter): readonly Element[] {
  const links = shownActions(letter);
  if (links.length === 0) return [];
  return [
    section(
      links.flatMap(({ label, url }, index) => [
        text(index === 0 ? '\n' : '  ·  '),
        { type: 'link', url, text: label },
      ]),
    ),
  ];
}
