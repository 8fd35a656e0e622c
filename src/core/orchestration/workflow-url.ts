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
