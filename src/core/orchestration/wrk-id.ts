/** The longest id that is believed, in characters. */
const MAX_ID_LENGTH = 200;

/** What would come back from the database as something else, and what nobody could look for at WRK. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * Whether this can be the id of a workflow at WRK, or our own id as WRK repeats it, whoever gave it: not blank, not too
 * long, no control character and no half of a surrogate pair in it.
 */
export function isWrkId(text: string): boolean {
  return text.length <= MAX_ID_LENGTH && text.trim() !== '' && !UNPRINTABLE.test(text);
}
