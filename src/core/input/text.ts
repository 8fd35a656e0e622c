import * as z from 'zod';

/** Text that a caller gives, without NUL or half of a surrogate pair, which no database stores as text. */
export function storableText(max: number) {
  const error = `give a text of 1 to ${max} characters, without NUL or lone surrogates`;
  return z
    .string({ error })
    .min(1, { error })
    .regex(/^[^\0\p{Surrogate}]*$/u, { error })
    .max(max, { error });
}

/** An id that a caller gives, of at most 200 characters. Whether the host's tables have a place for it is asked elsewhere. */
export const idText = storableText(200);

/** Text that a caller gives and that may be empty. */
export function anyText(max: number) {
  const error = `give a text of at most ${max} characters`;
  return z.string({ error }).max(max, { error });
}

/** The text with `?` for each character that is not in ASCII: every encoding of a database has a place for it. */
export function inAscii(text: string): string {
  return text.replace(/[^ -~]/gu, '?');
}

/** The text, or its beginning with an ellipsis where it is longer than `max` characters. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  // Half of a surrogate pair at the cut would be refused by a database.
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
