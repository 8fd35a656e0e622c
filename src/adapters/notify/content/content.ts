// What a notification says, and its values as text that is safe to show.

/** Fixed words with values in between. Every renderer shows values as text and never reads them as markup. */
export type Phrase = readonly (
  | string
  | {
      /** Shown as text, with quotes around it. */
      readonly value: string;
    }
)[];

/** The tone of the content, which chooses the colour. */
export type Tone = 'info' | 'success' | 'attention' | 'problem';

/** What a notification says, before it is rendered for a channel. */
export interface Content {
  /** One line. */
  readonly subject: string;
  /** Chooses the colour. */
  readonly tone: Tone;
  /** Two or three words above the heading. */
  readonly label: string;
  /** What has happened, in one sentence. */
  readonly heading: Phrase;
  /** What follows from it. */
  readonly paragraphs: readonly Phrase[];
  /** Names and values. A fact without a value is left out. */
  readonly facts: readonly {
    /** What the value is. */
    readonly name: string;
    /** Shown as text; `null`: the fact is left out. */
    readonly value: string | null;
  }[];
  /** `null` or no items: no list is shown. */
  readonly list: {
    /** Stands above the items. */
    readonly title: string;
    /** Shown as text, one line for each. */
    readonly items: readonly string[];
  } | null;
  /** The first one is the button. An action without a URL is left out. */
  readonly actions: readonly {
    /** What the button or the link says. */
    readonly label: string;
    /** Where it leads; `null`: the action is left out. */
    readonly url: string | null;
  }[];
  /** Why the recipient gets this message. */
  readonly footer: string;
  /** The name of the host's product. */
  readonly brand: string;
}

/** Characters shown of one list item; the build has the full text. */
const MAX_ITEM_LENGTH = 600;

/**
 * A template tag that makes a phrase: each `${}` is a value.
 *
 * @example
 * ```ts
 * import { say } from 'wrk-builds/notify';
 *
 * const heading = say`${message.automationName} is ready`;
 * ```
 */
export function say(texts: TemplateStringsArray, ...values: readonly string[]): Phrase {
  return texts.flatMap((text, index) => {
    const value = values[index];
    return [...(text === '' ? [] : [text]), ...(value === undefined ? [] : [{ value }])];
  });
}

/** A phrase as one line of text, with its values in quotes. */
export function plainPhrase(phrase: Phrase, [open, close]: readonly [string, string] = ['“', '”']): string {
  return phrase
    .map((part) => (typeof part === 'string' ? part : `${open}${cleanText(part.value)}${close}`))
    .join('');
}

/** The facts that have a value, cleaned. */
export function shownFacts({ facts }: Content): readonly { readonly name: string; readonly value: string }[] {
  return facts
    .map(({ name, value }) => ({ name, value: cleanText(value ?? '') }))
    .filter(({ value }) => value !== '');
}

/** The items that are not empty, cleaned and clipped; at maxItems `maxItems`, and how many more there are. */
export function shownItems(
  { list }: Content,
  { maxItems = Number.POSITIVE_INFINITY, maxLength = MAX_ITEM_LENGTH } = {},
): { readonly items: readonly string[]; readonly more: number } {
  const items = (list?.items ?? [])
    .map((item) => clip(cleanText(item), maxLength))
    .filter((item) => item !== '');
  return { items: items.slice(0, maxItems), more: Math.max(0, items.length - maxItems) };
}

/** The actions that have a URL. */
export function shownActions({
  actions,
}: Content): readonly { readonly label: string; readonly url: string }[] {
  return actions.flatMap(({ label, url }) => (url === null ? [] : [{ label, url }]));
}

/** Characters that break a line in a header, a terminal or a text. */
const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;

/**
 * Invisible characters and those that reverse text: control characters, bidi overrides and isolates, zero-width characters,
 * lone surrogates. The two joiners stay: Persian words and emoji families need them.
 */
const HIDDEN = /[\p{Cc}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu;

/** A value as one line of visible text, which cannot forge a mail header or add a line to a text. */
export function cleanText(value: string): string {
  return value.replace(LINE_BREAKS, ' ').replace(HIDDEN, '').replace(/\s+/gu, ' ').trim();
}

/** Cuts a text to at most `max` characters, ending in an ellipsis if something was cut. */
export function clip(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max
    ? text
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const MRKDWN: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Escapes a value for HTML, between tags or in a quoted attribute. For your own templates.
 *
 * @example
 * ```ts
 * import { escapeHtml } from 'wrk-builds/notify';
 *
 * const html = `<p>${escapeHtml(message.automationName)} is ready.</p>`;
 * ```
 */
export function escapeHtml(value: string): string {
  return value.replace(/[&<>"']/g, (character) => HTML[character] ?? character);
}

/** Escapes a value for Slack's `mrkdwn`: it cannot mention anyone or create a link. */
export function escapeMrkdwn(value: string): string {
  return value.replace(/[&<>]/g, (character) => MRKDWN[character] ?? character);
}

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
