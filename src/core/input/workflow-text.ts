// The id and the address of a workflow, as WRK or a person gives them.

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

/** The longest workflow URL that is believed, in characters. */
export const MAX_WORKFLOW_URL_LENGTH = 2048;

/** What no honest URL has, and what the parser would silently drop or turn around. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\s\\]/u;

/**
 * Reads the address of a workflow, which people are later sent to by e-mail, whoever gave it: absolute, http or https,
 * not too long, with no name or password and nothing hidden in it. `null`: nobody may be sent there.
 */
export function readWorkflowUrl(text: string): URL | null {
  if (text.length > MAX_WORKFLOW_URL_LENGTH || HIDDEN.test(text) || !/^https?:\/\//i.test(text)) return null;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.username === '' && url.password === '' ? url : null;
}

/** What is believed where nobody knows better: any host, over https. */
export function isHttpsWorkflowUrl(text: string): boolean {
  return readWorkflowUrl(text)?.protocol === 'https:';
}
