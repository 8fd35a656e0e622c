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
