import { type Letter, plainPhrase, shownActions, shownFacts, shownItems } from './content.js';

/** A letter as plain text. No value makes a line of its own. */
export function renderText(letter: Letter): string {
  const { items } = shownItems(letter);
  const parts = [
    [plainPhrase(letter.heading)],
    ...letter.paragraphs.map((paragraph) => [plainPhrase(paragraph)]),
    shownFacts(letter).map(({ name, value }) => `${name}: ${value}`),
    items.length === 0 ? [] : [`${letter.list?.title ?? ''}:`, ...items.map((item) => `- ${item}`)],
    shownActions(letter).map(({ label, url }) => `${label}: ${url}`),
    ['-- ', letter.footer, letter.brand],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
