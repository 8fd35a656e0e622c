import { cleanText, clip } from '../text/clean-text.js';

/** Words of ours with values in between, which every way of rendering shows as values and never reads as markup. */
export type Phrase = readonly (string | { readonly value: string })[];

/** The mood of a content: it chooses the colour. */
export type Tone = 'info' | 'success' | 'attention' | 'problem';

/** What a notification says, before it is a mail or a Slack message. */
export interface Content {
  /** One line. */
  readonly subject: string;
  readonly tone: Tone;
  /** Two or three words above the heading. */
  readonly label: string;
  readonly heading: Phrase;
  readonly paragraphs: readonly Phrase[];
  /** Names and values; one without a value is left out. */
  readonly facts: readonly { readonly name: string; readonly value: string | null }[];
  /** `null`, or no items: there is no list. */
  readonly list: { readonly title: string; readonly items: readonly string[] } | null;
  /** The first one is the button. One without an address is left out. */
  readonly actions: readonly { readonly label: string; readonly url: string | null }[];
  /** Why whoever gets it does. */
  readonly footer: string;
  /** Who it is from. */
  readonly brand: string;
}

/** Characters of one item of a list; the build has all of it. */
const MAX_ITEM_LENGTH = 600;

/**
 * Writes a phrase: what stands in `${}` is a value.
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

/** A phrase as one line of text, its values between `quotes`. */
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

/** The items that say anything, cleaned and clipped; at most `most`, and how many more there are. */
export function shownItems(
  { list }: Content,
  { most = Number.POSITIVE_INFINITY, longest = MAX_ITEM_LENGTH } = {},
): { readonly items: readonly string[]; readonly more: number } {
  const items = (list?.items ?? [])
    .map((item) => clip(cleanText(item), longest))
    .filter((item) => item !== '');
  return { items: items.slice(0, most), more: Math.max(0, items.length - most) };
}

/** The actions that lead somewhere. */
export function shownActions({
  actions,
}: Content): readonly { readonly label: string; readonly url: string }[] {
  return actions.flatMap(({ label, url }) => (url === null ? [] : [{ label, url }]));
}
