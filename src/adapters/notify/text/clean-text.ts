/** What breaks a line somewhere: in a header, in a terminal, in a text. */
const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;

/**
 * What nobody sees and what turns text around: control characters, bidi overrides and isolates, zero-width characters, halves
 * of surrogate pairs. The two joiners stay: Persian words and families of emoji need them.
 */
const HIDDEN = /[\p{Cc}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu;

/** A value as one line of visible text. Mail headers cannot be forged with it, nor lines of a text. */
export function cleanText(value: string): string {
  return value.replace(LINE_BREAKS, ' ').replace(HIDDEN, '').replace(/\s+/gu, ' ').trim();
}

/** At most `most` characters, the last one an ellipsis where something is left out. */
export function clip(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
