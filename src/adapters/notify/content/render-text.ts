import { type Content, plainPhrase, shownActions, shownFacts, shownItems } from './content.js';

/** Renders content as plain text. No value can start a new line. */
export function renderText(content: Content): string {
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
